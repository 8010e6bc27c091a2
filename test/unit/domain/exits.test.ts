import { exitBy, type ExitCase, type ExitRules } from '../../../workflows/domain/visits/exits';
import type { JsonObject } from '../../../workflows/domain/json';

const all = ['meeting-booked', 'replied', 'customer', 'unsubscribed', 'handoff-accepted'];
const plain: ExitRules = { topic: 'education', exits: [], defaultExits: true };

function by(type: string, { rules = {}, properties = {}, ...more }: Given = {}) {
  const it = { event: { type, properties }, learned: {}, names: all, diverted: false, ...more };
  return exitBy({ ...plain, ...rules }, it);
}
type Given = Partial<Omit<ExitCase, 'event'>> & { rules?: Partial<ExitRules>; properties?: JsonObject };

test.each([
  ['meeting.booked', 'meeting-booked'],
  ['email.replied', 'replied'],
  ['email.unsubscribed', 'unsubscribed'],
  ['handoff.accepted', 'handoff-accepted'],
])('%s ends it with %s', (type, outcome) => {
  expect(by(type)).toEqual({ kind: 'leave', outcome });
});

test('becoming a customer ends it', () => {
  expect(by('deal.won', { learned: { lifecycleStage: 'customer' } })).toEqual({ kind: 'leave', outcome: 'customer' });
});

test('what the settings leave out ends nothing', () => {
  expect(by('email.replied', { names: ['customer'] })).toBeNull();
});

test('defaults that are off end nothing', () => {
  expect(by('email.replied', { rules: { defaultExits: false } })).toBeNull();
});

describe('an opt-out', () => {
  const rules = { defaultExits: false, exits: [{ event: 'email.unsubscribed', next: 'goodbye' }] };

  test('ends it whatever the document says', () => {
    expect(by('email.unsubscribed', { rules, names: [] })).toEqual({ kind: 'leave', outcome: 'unsubscribed' });
  });

  test('of its topic ends it', () => {
    const properties = { topic: 'education' };
    expect(by('email.unsubscribed', { rules, properties })).toEqual({ kind: 'leave', outcome: 'unsubscribed' });
  });

  test('of another topic is any event', () => {
    const properties = { topic: 'product' };
    expect(by('email.unsubscribed', { rules, properties })).toEqual({ kind: 'divert', exit: 0, next: 'goodbye' });
    expect(by('email.unsubscribed', { properties })).toBeNull();
  });

  test('may end it by a name of its own', () => {
    const exits = [{ event: 'email.unsubscribed', outcome: 'lost' }];
    expect(by('email.unsubscribed', { rules: { exits } })).toEqual({ kind: 'leave', outcome: 'lost' });
  });
});

describe("a journey's own exits", () => {
  const exits = [
    { event: 'meeting.booked', where: { owner: 'ada' }, next: 'prepare' },
    { event: 'meeting.booked', outcome: 'met' },
  ];

  test('the first that holds decides', () => {
    const properties = { owner: 'ada' };
    expect(by('meeting.booked', { rules: { exits }, properties })).toMatchObject({ kind: 'divert', next: 'prepare' });
    expect(by('meeting.booked', { rules: { exits } })).toEqual({ kind: 'leave', outcome: 'met' });
  });

  test('one that was taken is passed over', () => {
    const given = { rules: { exits }, properties: { owner: 'ada' }, diverted: true };
    expect(by('meeting.booked', given)).toEqual({ kind: 'leave', outcome: 'met' });
  });
});
