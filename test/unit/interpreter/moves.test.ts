import type { ScriptItem } from '../../../workflows/interpreter/virtual/script';
import { graphOf, hours, MONDAY, play, toldOf, type Play } from './play';

const OLD = `  - { id: one, kind: email, template: t }
  - { id: pause, kind: wait, for: 10 hours, on: [{ event: page.viewed, next: seen }] }
  - { id: two, kind: email, template: t }
  - { id: done, kind: exit, outcome: done }
  - { id: seen, kind: exit, outcome: seen }`;

interface Moving extends Play {
  at?: number;
  to: string;
  steps?: Record<string, string | null>;
}

async function moved({ at = hours(4), to, steps, script = [], ...options }: Moving) {
  const move: ScriptItem = { at, do: 'move', to: graphOf(to), ...(steps && { steps }) };
  return play(OLD, { ...options, script: [move, ...script] });
}
const told = async (it: Moving) => toldOf(await moved(it));

const ONE = 'one done accepted';
const END = ['two done accepted', 'done done'];

test('a longer wait keeps the time waited', async () => {
  expect(await told({ to: OLD.replace('10 hours', '12 hours') })).toEqual([
    ONE,
    'pause moved',
    'pause timeout',
    ...END,
    'done after 12 h',
  ]);
});

test('a wait that is over by now ends at once', async () => {
  expect((await told({ to: OLD.replace('10 hours', '3 hours') })).at(-1)).toBe('done after 4 h');
});

test('the new visit has the old arrival', async () => {
  const { steps } = await moved({ to: OLD.replace('10 hours', '12 hours') });
  expect(steps[2]).toMatchObject({ visit: 3, arrivedAt: MONDAY, deadline: hours(12) });
});

test('the wait goes on where its author says', async () => {
  const to = OLD.replace('pause', 'rest').replace('10 hours', '6 hours');
  expect(await told({ to, steps: { pause: 'rest' } })).toEqual([
    ONE,
    'pause moved',
    'rest timeout',
    ...END,
    'done after 6 h',
  ]);
});

test('a wait that is gone goes to another step', async () => {
  const to = OLD.replace(/ {2}- { id: pause.*\n/, '');
  const reached = to.replace('two, kind: email, template: t', 'two, kind: email, template: t, next: fork');
  const forked = `${reached}
  - { id: fork, kind: branch, cases: [{ when: { field: country, is: NL }, next: seen }], else: done }`;
  expect(await told({ to: forked, steps: { pause: 'two' } })).toEqual([
    ONE,
    'pause moved',
    'two done accepted',
    'fork else',
    'done done',
    'done after 4 h',
  ]);
});

test('nobody moves from a step that is gone', async () => {
  const to = OLD.replace('pause', 'rest');
  const { steps, outcome, world } = await moved({ to });
  expect(steps.map(({ stepId }) => stepId)).toEqual(['one', 'pause', 'two', 'done']);
  expect(outcome).toBe('done');
  expect(world.decisions.find(({ kind }) => kind === 'move')).toMatchObject({ outcome: 'unmoved' });
});

test('whom the plan ends leaves', async () => {
  expect(await told({ to: OLD, steps: { pause: null } })).toEqual([ONE, 'pause left', 'ended-by-plan after 4 h']);
});

test('what came before the move still counts', async () => {
  const to = OLD.replace('page.viewed', 'form.submitted');
  const script: ScriptItem[] = [{ at: hours(2), type: 'form.submitted' }];
  expect(await told({ to, script })).toEqual([ONE, 'pause moved', 'pause on:0', 'seen done', 'seen after 4 h']);
});

test('the behaviours of the new version end it', async () => {
  const to = OLD.replace(
    'page.viewed, next: seen }',
    'form.submitted, next: two }, { event: page.viewed, next: seen }',
  );
  const script: ScriptItem[] = [{ at: hours(6), type: 'page.viewed' }];
  expect(await told({ to, script })).toEqual([ONE, 'pause moved', 'pause on:1', 'seen done', 'seen after 6 h']);
});

test('a winner is followed first', async () => {
  const script: ScriptItem[] = [{ at: hours(4), type: 'page.viewed' }];
  const to = OLD.replace(
    'page.viewed, next: seen }',
    'page.viewed, next: two }, { event: form.submitted, next: seen }',
  );
  expect((await told({ to, script })).at(-1)).toBe('seen after 4 h');
});

test('who is held takes the new step', async () => {
  const script: ScriptItem[] = [
    { at: hours(2), do: 'pause' },
    { at: hours(15), do: 'resume' },
  ];
  const to = OLD.replace('two, kind: email, template: t', 'two, kind: email, template: u');
  const { steps, world } = await moved({ at: hours(12), to, script });
  expect(steps.map(({ stepId, visit, outcome }) => `${visit} ${stepId} ${outcome}`)).toEqual([
    '1 one done',
    '2 pause timeout',
    '3 two done',
    '4 done done',
  ]);
  expect(world.sends.map(({ template }) => template)).toEqual(['t', 'u']);
});

test('who is held may be mapped to another step', async () => {
  const script: ScriptItem[] = [
    { at: hours(2), do: 'pause' },
    { at: hours(15), do: 'resume' },
  ];
  const to = OLD.replace('two', 'three');
  expect(await told({ at: hours(12), to, script, steps: { two: 'seen' } })).toEqual([
    ONE,
    'pause timeout',
    'seen done',
    'seen after 15 h',
  ]);
});

test('a deferred mail stays in its visit', async () => {
  const script: ScriptItem[] = [{ at: hours(6), type: 'contact.updated', traits: { email: 'late@example.com' } }];
  const to = OLD.replace('one, kind: email, template: t', 'one, kind: email, template: u');
  const { steps, world } = await moved({ to, script, fields: { email: null } });
  expect(steps.slice(0, 2).map(({ stepId, visit }) => `${visit} ${stepId}`)).toEqual(['1 one', '2 pause']);
  expect(world.sends[0]).toMatchObject({ visit: 1, template: 'u', state: 'accepted' });
});

test('a mail of unknown fate is not repeated', async () => {
  const provider = () => ({ kind: 'unknown', why: 'no answer' }) as const;
  const to = OLD.replace('one, kind', 'uno, kind');
  const it = { at: hours(0) + 1000, to, steps: { one: 'uno' }, provider, idempotent: false };
  expect((await moved(it)).steps.map(({ stepId, message }) => `${stepId} ${message?.state}`)).toEqual([
    'one unknown',
    'pause undefined',
    'two unknown',
    'done undefined',
  ]);
});

test('who is sent on at the start goes first', async () => {
  const exits = (...steps: string[]) => [
    'steps:',
    `exits: [${steps.map((id, i) => `{ event: ${i === 0 ? 'meeting.booked' : 'trial.started'}, next: ${id} }`).join(', ')}]\nsteps:`,
  ];
  const [from, to] = [exits('seen', 'two'), exits('two', 'seen')] as [[string, string], [string, string]];
  const script: ScriptItem[] = [
    { at: MONDAY, do: 'pause' },
    { at: hours(1), type: 'meeting.booked' },
    { at: hours(2), do: 'move', to: graphOf(OLD, to) },
    { at: hours(3), do: 'resume' },
  ];
  expect(toldOf(await play(OLD, { script, replace: from }))).toEqual(['seen done', 'seen after 3 h']);
});
