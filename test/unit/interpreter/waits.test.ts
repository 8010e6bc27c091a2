import { days, hours, MONDAY, play, toldOf } from './play';

const CLICK = `  - { id: mail, kind: email, template: t }
  - { id: pause, kind: wait, for: 2 days, on: [{ event: email.clicked, of: mail, next: clicked }] }
  - { id: late, kind: exit, outcome: late }
  - { id: clicked, kind: exit, outcome: clicked }`;
const PAGE = `  - { id: pause, kind: wait, for: 2 hours, on: [{ event: page.viewed, next: seen }] }
  - { id: late, kind: exit, outcome: late }
  - { id: seen, kind: exit, outcome: seen }`;
const TWO_WAITS = `  - { id: one, kind: wait, for: 2 hours }
  - { id: two, kind: wait, for: 2 hours, on: [{ event: page.viewed, next: seen }] }
  - { id: late, kind: exit, outcome: late }
  - { id: seen, kind: exit, outcome: seen }`;

const viewed = (at: number) => ({ at, type: 'page.viewed' });

test('a wait ends at its deadline', async () => {
  expect(toldOf(await play(CLICK))).toEqual(['mail done accepted', 'pause timeout', 'late done', 'late after 48 h']);
});

test('a click ends the wait at once', async () => {
  const script = [{ at: hours(5), type: 'email.clicked', of: 'mail' }];
  expect(toldOf(await play(CLICK, { script }))).toEqual([
    'mail done accepted',
    'pause on:0',
    'clicked done',
    'clicked after 5 h',
  ]);
});

test('each step says when and why', async () => {
  const { steps } = await play(CLICK);
  expect(steps).toMatchObject([
    { arrivedAt: MONDAY, leftAt: MONDAY, reason: 'nothing stands against it', message: { template: 't' } },
    {
      arrivedAt: MONDAY,
      leftAt: days(2),
      deadline: days(2),
      reason: expect.stringContaining('nothing that was waited for'),
    },
    { arrivedAt: days(2), outcome: 'done', reason: 'reached late' },
  ]);
});

test('an event in the instant of the deadline loses', async () => {
  expect(toldOf(await play(PAGE, { script: [viewed(hours(2))] })).at(-1)).toBe('late after 2 h');
});

test('an event a moment before it wins', async () => {
  expect(toldOf(await play(PAGE, { script: [viewed(hours(2) - 1)] })).slice(0, 2)).toEqual(['pause on:0', 'seen done']);
});

test('the first of two events wins', async () => {
  const script = [viewed(hours(1)), viewed(hours(1) + 1)];
  const { world } = await play(PAGE, { script });
  const winner = world.events.find(({ seq }) => seq === world.visits[0]?.winnerSeq);
  expect(winner?.receivedAt).toBe(hours(1));
});

test('an event during a plain wait is not looked back to', async () => {
  expect(toldOf(await play(TWO_WAITS, { script: [viewed(hours(1))] })).at(-1)).toBe('late after 4 h');
});

test('since entry looks back over everything', async () => {
  const steps = TWO_WAITS.replace('{ event: page.viewed,', '{ event: page.viewed, since: entry,');
  expect(toldOf(await play(steps, { script: [viewed(hours(1))] })).at(-1)).toBe('seen after 2 h');
});

test("an event in the deadline's instant counts next", async () => {
  expect(toldOf(await play(TWO_WAITS, { script: [viewed(hours(2))] })).at(-1)).toBe('seen after 2 h');
});

test('a click before the wait ends it on arrival', async () => {
  const steps = `  - { id: mail, kind: email, template: t }
  - { id: first, kind: wait, for: 1 hour }
  - { id: pause, kind: wait, for: 2 days, on: [{ event: email.clicked, of: mail, next: clicked }] }
  - { id: late, kind: exit, outcome: late }
  - { id: clicked, kind: exit, outcome: clicked }`;
  const script = [{ at: hours(0.5), type: 'email.clicked', of: 'mail' }];
  expect(toldOf(await play(steps, { script })).slice(2)).toEqual(['pause on:0', 'clicked done', 'clicked after 1 h']);
});

test("a machine's click is no click", async () => {
  const script = [{ at: hours(5), type: 'email.clicked', of: 'mail', properties: { machine: true } }];
  expect(toldOf(await play(CLICK, { script })).at(-1)).toBe('late after 48 h');
});

test('a wait for a behaviour alone rests for ever', async () => {
  const simulation = await play(
    PAGE.replace('for: 2 hours, ', '').replace(
      'next: seen }] }\n  - { id: late, kind: exit, outcome: late }',
      'next: seen }] }',
    ),
  );
  expect(simulation).toMatchObject({ outcome: null, rests: { phase: 'waiting', until: null } });
});

test('an exit event ends a wait', async () => {
  const script = [{ at: hours(1), type: 'meeting.booked' }];
  expect(toldOf(await play(PAGE, { script }))).toEqual(['pause left', 'meeting-booked after 1 h']);
});
