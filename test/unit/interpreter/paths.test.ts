import { days, graphOf, hours, MONDAY, play, toldOf } from './play';
import { simulate } from '../../../workflows/interpreter/virtual/simulate';

const BRANCH = `  - id: fork
    kind: branch
    cases: [{ when: { field: country, is: DE }, next: german }, { when: { property: plan, is: pro }, next: pro }]
    else: other
  - { id: german, kind: exit, outcome: german }
  - { id: pro, kind: exit, outcome: pro }
  - { id: other, kind: exit, outcome: other }`;
const CLICKED = `  - { id: mail, kind: email, template: t }
  - { id: pause, kind: wait, for: 1 day }
  - id: fork
    kind: branch
    cases: [{ when: { did: email.clicked, of: journey }, next: engaged }]
    else: quiet
  - { id: engaged, kind: exit, outcome: engaged }
  - { id: quiet, kind: exit, outcome: quiet }`;
const IF = `  - { id: mail, kind: email, template: t, if: { field: country, is: DE } }
  - { id: pause, kind: wait, for: 1 hour, if: { property: slow, is: true } }
  - { id: done, kind: exit, outcome: done }`;
test.each([
  [{ fields: { country: 'DE' } }, 'case:0', 'german'],
  [{ entry: { plan: 'pro' } }, 'case:1', 'pro'],
  [{}, 'else', 'other'],
])('a branch takes the first case that holds: %j', async (who, chosen, outcome) => {
  const simulation = await play(BRANCH, who);
  expect(toldOf(simulation)).toEqual([`fork ${chosen}`, `${outcome} done`, `${outcome} after 0 h`]);
  expect(simulation.steps[0]?.reason).toContain('country is "DE"');
});

test.each([
  [[{ at: hours(3), type: 'email.clicked', of: 'mail' }], 'engaged'],
  [[], 'quiet'],
])('a branch knows who clicked', async (script, outcome) => {
  expect((await play(CLICKED, { script })).outcome).toBe(outcome);
});

test('a step whose if is false is passed', async () => {
  expect(toldOf(await play(IF))).toEqual(['mail passed', 'pause passed', 'done done', 'done after 0 h']);
  expect(toldOf(await play(IF, { fields: { country: 'DE' }, entry: { slow: true } }))).toEqual([
    'mail done accepted',
    'pause timeout',
    'done done',
    'done after 1 h',
  ]);
});

test('a passed step hands on the look-back', async () => {
  const steps = `  - { id: one, kind: wait, for: 2 hours, on: [{ event: form.submitted, next: two }] }
  - { id: mail, kind: email, template: t, if: { field: country, is: DE } }
  - { id: two, kind: wait, for: 2 hours, on: [{ event: page.viewed, next: seen }] }
  - { id: late, kind: exit, outcome: late }
  - { id: seen, kind: exit, outcome: seen }`;
  // Accepted in the very instant of the deadline: it is the next wait's.
  const script = [{ at: hours(2), type: 'page.viewed' }];
  expect(toldOf(await play(steps, { script })).at(-1)).toBe('seen after 2 h');
});

test('a graph that never rests is stopped', async () => {
  // No document compiles to such a graph: it is made by hand.
  const graph = graphOf(`  - { id: mail, kind: email, template: t }
  - { id: done, kind: exit, outcome: done }`);
  Object.assign(graph.steps['mail'] ?? {}, { next: 'mail' });
  await expect(simulate(graph, { entersAt: MONDAY }, { visits: 50 })).rejects.toThrow('more visits than 50');
});

test('days are days of the contact', async () => {
  const steps = `  - { id: pause, kind: wait, until: { day: 3, at: "09:30" } }
  - { id: done, kind: exit, outcome: done }`;
  const { endedAt } = await play(steps, { fields: { timezone: 'America/New_York' } });
  expect(endedAt).toBe(days(2) + 5.5 * 3_600_000);
});
