import { messageDueAt, type Rival, type Standing, type Ways } from '../../../workflows/domain/sending/rival';
import { rulesOf, type MessageToRule, type SendingSettings } from '../../../workflows/domain/sending/rules';
import { inputsOf } from '../../../workflows/domain/sending/inputs';
import { claimVerdict, type ClaimCase } from '../../../workflows/domain/sending/verdict';

const HOUR = 3_600_000;
const MINUTE = 60_000;
const noon = at('2026-11-23T12:00Z');

const none: SendingSettings = {
  ...{ frequencyCaps: [], minimumGap: null, quietHours: null, defaultWindow: null, holidays: null, spread: null },
};
const office = { from: '09:00', to: '17:00' };
const mail = { kind: 'email' as const };

interface Told extends Partial<Omit<MessageToRule, 'settings'>> {
  settings?: Partial<SendingSettings>;
}

/** A marketing mail at noon in UTC that nothing stands against, unless told otherwise. */
function aCase(told: Told = {}, more: Partial<ClaimCase> = {}): ClaimCase {
  const plain = { channel: 'email' as const, class: 'marketing', step: mail, journey: {}, zone: 'UTC', country: null };
  const rules = rulesOf({ ...plain, ...told, settings: { ...none, ...told.settings } });
  return {
    ...{ at: noon, arrivedAt: noon, address: 'ann@example.test', mailable: true, missing: null, suppression: null },
    ...{ circuit: null, rules, share: 0, counted: [], rivals: [], yieldedSince: null },
    ...more,
  };
}

function verdict(told: Told, more: Partial<ClaimCase> = {}): string {
  const it = claimVerdict(aCase(told, more));
  return it.kind === 'deferred' ? `until ${new Date(it.until).toISOString()}: ${it.why}` : `${it.kind}: ${it.why}`;
}

const free = 'claimed: nothing stands against it';

test.each<[string, Told, string]>([
  ['the step’s window first', { step: { ...mail, window: office }, journey: { window: 'any' } }, 'window'],
  [
    'then the journey’s',
    { journey: { window: office }, settings: { defaultWindow: { from: '20:00', to: '21:00' } } },
    'window',
  ],
  ['then the settings’', { settings: { defaultWindow: office } }, 'window'],
  ['any lifts the window', { journey: { window: 'any' }, settings: { defaultWindow: office } }, free],
  ['any on a step does too', { step: { ...mail, window: 'any' }, journey: { window: office } }, free],
  [
    'any keeps quiet hours',
    { journey: { window: 'any' }, settings: { quietHours: { from: '18:00', to: '08:00' } } },
    'quiet hours',
  ],
  [
    'at once keeps nothing',
    { step: { ...mail, send: 'at-once', window: office }, settings: { quietHours: { from: '18:00', to: '08:00' } } },
    free,
  ],
  ['transactional keeps hours', { class: 'transactional', settings: { defaultWindow: office } }, 'window'],
  ['staff are told at any time', { class: 'internal', settings: { defaultWindow: office } }, free],
  [
    'an SMS keeps quiet hours',
    { channel: 'sms', settings: { quietHours: { from: '18:00', to: '08:00' } } },
    'quiet hours',
  ],
  [
    'a webhook keeps none',
    { channel: 'webhook', journey: { window: office }, settings: { quietHours: { from: '18:00', to: '08:00' } } },
    free,
  ],
  ['but its own window', { channel: 'webhook', step: { kind: 'message', window: office } }, 'window'],
])('at eight in the evening: %s', (_title, told, expected) => {
  const evening = at('2026-11-23T20:00Z');
  const answer = verdict(told, { at: evening, arrivedAt: evening });
  expect(answer.endsWith(expected)).toBe(true);
});

test('the window is in the contact’s zone', () => {
  const settings = { defaultWindow: office };
  expect(verdict({ settings, zone: 'Asia/Kathmandu' })).toBe('until 2026-11-24T03:15:00.000Z: window');
  expect(verdict({ settings, zone: 'America/New_York' })).toBe('until 2026-11-23T14:00:00.000Z: window');
  expect(verdict({ settings, zone: 'Europe/Berlin' })).toBe(free);
});

test('a holiday in the contact’s country defers', () => {
  const settings = { holidays: { countries: ['contact'], dates: [] } };
  const christmas = at('2026-12-25T10:00Z');
  const told = { settings, zone: 'Europe/Berlin' };
  expect(verdict({ ...told, country: 'DE' }, { at: christmas })).toBe(
    'until 2026-12-26T23:00:00.000Z: holiday: Christmas Day (DE)',
  );
  expect(verdict({ ...told, country: 'JP' }, { at: christmas })).toBe(free);
});

describe('spread', () => {
  const told = { journey: { window: office, spread: '2 hours' } };
  const early = at('2026-11-23T05:00Z');
  const opens = at('2026-11-23T09:00Z');

  test('who waits for the opening has a place after it', () => {
    expect(verdict(told, { at: early, arrivedAt: early, share: 0.25 })).toBe('until 2026-11-23T09:30:00.000Z: window');
    expect(verdict(told, { at: early, arrivedAt: early, share: 0.999 })).toBe('until 2026-11-23T10:59:52.800Z: window');
  });

  test('the place stays when asked again', () => {
    const asked = { arrivedAt: early, share: 0.25 };
    expect(verdict(told, { ...asked, at: opens })).toBe('until 2026-11-23T09:30:00.000Z: spread');
    expect(verdict(told, { ...asked, at: opens + 30 * MINUTE - 1 })).toBe('until 2026-11-23T09:30:00.000Z: spread');
    expect(verdict(told, { ...asked, at: opens + 30 * MINUTE })).toBe(free);
  });

  test('who comes while it is open goes', () => {
    expect(verdict(told, { at: opens, arrivedAt: opens, share: 0.9 })).toBe(free);
  });

  test('no place is past the closing', () => {
    const short = { journey: { window: { from: '09:00', to: '09:30' }, spread: '24 hours' } };
    expect(verdict(short, { at: early, arrivedAt: early, share: 0.5 })).toBe('until 2026-11-23T09:15:00.000Z: window');
  });

  test('the settings say where the journey does not', () => {
    const settings = { defaultWindow: office, spread: '1 hour' };
    expect(verdict({ settings }, { at: early, arrivedAt: early, share: 0.5 })).toBe(
      'until 2026-11-23T09:30:00.000Z: window',
    );
  });
});

describe('caps', () => {
  const one = { frequencyCaps: [{ channel: 'email' as const, max: 1, per: '24 hours' }] };
  const before = { counted: [{ at: noon - 10 * HOUR, channel: 'email' as const }] };

  test('a full cap defers until a place is free', () => {
    expect(verdict({ settings: one }, before)).toBe('until 2026-11-24T02:00:00.000Z: cap of 1 per 24 hours');
  });

  test('a place that is free at night is for the morning', () => {
    const settings = { ...one, quietHours: { from: '21:00', to: '08:00' } };
    expect(verdict({ settings }, before)).toBe('until 2026-11-24T08:00:00.000Z: cap of 1 per 24 hours');
  });

  test('the author may have it skipped', () => {
    expect(verdict({ settings: one, step: { ...mail, ifCapped: 'skip' } }, before)).toBe(
      'suppressed: cap of 1 per 24 hours: skipped',
    );
  });

  test('the longest of several counts', () => {
    const settings = { frequencyCaps: [...one.frequencyCaps, { channel: 'email' as const, max: 2, per: '7 days' }] };
    const counted = [noon - 50 * HOUR, noon - 10 * HOUR].map((when) => ({ at: when, channel: 'email' as const }));
    expect(verdict({ settings }, { counted })).toBe('until 2026-11-28T10:00:00.000Z: cap of 2 per 7 days');
  });

  test('other channels do not count', () => {
    const counted = [{ at: noon - HOUR, channel: 'sms' as const }];
    expect(verdict({ settings: one }, { counted })).toBe(free);
    const all = { frequencyCaps: [{ channel: 'all' as const, max: 1, per: '24 hours' }] };
    expect(verdict({ settings: all }, { counted })).toMatch(/cap of 1 per 24 hours over all channels$/);
    expect(verdict({ settings: all, channel: 'webhook' }, { counted })).toBe(free);
  });

  test('at once, transactional and staff pass', () => {
    expect(verdict({ settings: one, step: { ...mail, send: 'at-once' } }, before)).toBe(free);
    expect(verdict({ settings: one, class: 'transactional' }, before)).toBe(free);
    expect(verdict({ settings: one, class: 'internal' }, before)).toBe(free);
  });

  test('one at the very edge is out', () => {
    const counted = [{ at: noon - 24 * HOUR, channel: 'email' as const }];
    expect(verdict({ settings: one }, { counted })).toBe(free);
  });
});

test('a minimum gap defers, per channel', () => {
  const settings = { minimumGap: '12 hours', quietHours: { from: '21:00', to: '08:00' } };
  const counted = [{ at: noon - HOUR, channel: 'email' as const }];
  expect(verdict({ settings }, { counted })).toBe('until 2026-11-24T08:00:00.000Z: minimum gap of 12 hours');
  expect(verdict({ settings, channel: 'sms' }, { counted })).toBe(free);
  expect(verdict({ settings, step: { ...mail, ifCapped: 'skip' } }, { counted })).toMatch(/^until/);
});

describe('priority', () => {
  const settings = { frequencyCaps: [{ channel: 'email' as const, max: 2, per: '24 hours' }] };
  const counted = [{ at: noon - HOUR, channel: 'email' as const }];
  const rival = (dueAt: number): Rival => ({ enrollmentId: 'e', journey: 'high', priority: 90, dueAt });

  test('the last place is left to the higher', () => {
    const rivals = [rival(noon + 10 * MINUTE)];
    expect(verdict({ settings }, { counted, rivals })).toBe(
      'until 2026-11-23T12:11:00.000Z: priority: high goes first',
    );
    expect(verdict({ settings }, { rivals })).toBe(free);
  });

  test('as many places as higher ones are left', () => {
    expect(verdict({ settings }, { rivals: [rival(noon - HOUR), rival(noon)] })).toBe(
      'until 2026-11-23T12:01:00.000Z: priority: high goes first',
    );
  });

  test('patience lasts an hour', () => {
    const rivals = [rival(noon + 55 * MINUTE)];
    const yielded = (ms: number) => ({ counted, rivals, yieldedSince: noon - ms });
    expect(verdict({ settings }, yielded(30 * MINUTE))).toBe(
      'until 2026-11-23T12:30:00.000Z: priority: high goes first',
    );
    expect(verdict({ settings }, yielded(HOUR))).toBe(free);
  });

  test('without a cap nobody yields', () => {
    expect(verdict({ settings: { minimumGap: '1 minute' } }, { counted, rivals: [rival(noon)] })).toBe(free);
  });
});

test('addresses, opt-outs and transports come first', () => {
  const settings = { quietHours: { from: '00:00', to: '00:00' } };
  const bar = { scope: 'global', reason: 'unsubscribed' };
  const circuit = { reason: 'bad key', retryAt: noon + HOUR };
  expect(verdict({ settings }, { address: null })).toMatch(/no-address$/);
  expect(verdict({ settings }, { suppression: bar, circuit })).toBe('suppressed: unsubscribed (global)');
  expect(verdict({ settings }, { circuit })).toBe('until 2026-11-23T13:00:00.000Z: transport: bad key');
  expect(verdict({ settings })).toBe('until 2026-11-24T12:00:00.000Z: quiet hours');
});

test('a deferral tells what would change it', () => {
  const awaits = (told: Told, more: Partial<ClaimCase> = {}) => {
    const it = claimVerdict(aCase(told, more));
    return it.kind === 'deferred' ? (it.awaits ?? 'nothing') : it.kind;
  };
  const caps = { frequencyCaps: [{ channel: 'email' as const, max: 1, per: '24 hours' }] };
  const counted = [{ at: noon, channel: 'email' as const }];
  expect(awaits({}, { address: null })).toBe('address');
  expect(awaits({ settings: { defaultWindow: { from: '20:00', to: '21:00' } } })).toBe('whereabouts');
  expect(awaits({ settings: caps }, { counted })).toBe('nothing');
  expect(awaits({ settings: { ...caps, defaultWindow: office } }, { counted })).toBe('whereabouts');
});

test('the decision names all that was weighed', () => {
  const settings = {
    frequencyCaps: [{ channel: 'email' as const, max: 3, per: '7 days' }],
    ...{
      minimumGap: '12 hours',
      quietHours: { from: '21:00', to: '08:00' },
      defaultWindow: { days: ['monday' as const], ...office },
    },
    holidays: { countries: ['contact'], dates: [] },
  };
  const rivals = [{ enrollmentId: 'e', journey: 'high', priority: 90, dueAt: noon }];
  const it = aCase(
    { settings, zone: 'Europe/Berlin', country: 'DE' },
    { counted: [{ at: noon - HOUR, channel: 'email' }], rivals },
  );
  expect(inputsOf(it)).toEqual({
    ...{ channel: 'email', at: '2026-11-23T12:00:00.000Z', hasAddress: true, suppression: null, transport: null },
    ...{
      zone: 'Europe/Berlin',
      localTime: 'Mon 23 Nov 2026 13:00',
      window: 'mon 09:00–17:00',
      quietHours: '21:00–08:00',
    },
    ...{ holiday: null, closedBy: null, caps: [{ cap: 'cap of 3 per 7 days', counted: 1 }] },
    ...{ minimumGap: '12 hours', lastMessage: '2026-11-23T11:00:00.000Z' },
    higherPriority: [{ enrollmentId: 'e', journey: 'high', priority: 90, dueAt: '2026-11-23T12:00:00.000Z' }],
  });
});

describe('when the next message is due', () => {
  const ways: Ways = {
    first: 'tag',
    steps: {
      tag: { kind: 'update', next: 'mail' },
      mail: { kind: 'email', next: 'pause' },
      pause: { kind: 'wait', next: 'fork', on: [{ next: 'text' }, { next: 'end' }] },
      fork: { kind: 'branch', else: 'end', cases: [{ next: 'urgent' }] },
      urgent: { kind: 'email', send: 'at-once', next: 'mail-2' },
      'mail-2': { kind: 'email', next: 'rest' },
      rest: { kind: 'wait', next: 'text', on: [] },
      text: { kind: 'message', via: 'sms', next: 'end' },
      end: { kind: 'exit' },
    },
  };
  const stands = (stepId: string | null, more: Partial<Standing> = {}): Standing => {
    const plain = { outcome: null, deadline: null, send: null };
    return { visit: stepId === null ? 0 : 3, stepId, enteredAt: noon - HOUR, ...plain, ...more };
  };
  const later = noon + HOUR;

  test.each<[string, Standing, number | null]>([
    ['just entered', stands(null), noon - HOUR],
    ['at the message', stands('mail'), noon],
    [
      'at the message, deferred',
      stands('mail', { send: { state: 'deferred', deferredUntil: later, reason: 'window' } }),
      later,
    ],
    [
      'without an address',
      stands('mail', { send: { state: 'deferred', deferredUntil: later, reason: 'no-address' } }),
      null,
    ],
    ['claimed already', stands('mail', { send: { state: 'claimed', deferredUntil: null, reason: null } }), null],
    ['waiting before a fork to one', stands('pause', { deadline: later }), later],
    ['waiting before another channel', stands('rest', { deadline: later }), null],
    ['waiting for a behaviour', stands('pause'), null],
    ['a behaviour came, to another channel', stands('pause', { outcome: 'on:0', deadline: later }), null],
    ['a behaviour came, to the end', stands('pause', { outcome: 'on:1' }), null],
    ['between two steps', stands('fork', { outcome: 'case:0' }), noon],
    ['at a message that keeps no cap', stands('urgent'), noon],
    ['at a step that is gone', stands('nowhere'), null],
  ])('%s', (_title, standing, expected) => {
    expect(messageDueAt(ways, standing, { channel: 'email', at: noon })).toBe(expected);
  });

  test('on another channel', () => {
    expect(messageDueAt(ways, stands('rest', { deadline: later }), { channel: 'sms', at: noon })).toBe(later);
  });

  test('a loop ends', () => {
    const loop: Ways = {
      first: 'a',
      steps: { a: { kind: 'score', next: 'b' }, b: { kind: 'repeat', from: 'a', next: 'c' }, c: { kind: 'exit' } },
    };
    expect(messageDueAt(loop, stands(null), { channel: 'email', at: noon })).toBeNull();
  });
});

function at(text: string): number {
  return Date.parse(text);
}
