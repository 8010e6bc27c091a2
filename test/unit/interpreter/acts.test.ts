import type { GraphStep, StepOf } from '../../../workflows/journeys/graph';
import { walk } from './hand-made';
import { MONDAY, toldOf } from './play';

const done: GraphStep = { id: 'done', kind: 'exit', outcome: 'completed' };
const update = (set: StepOf<'update'>['set'], tags: Partial<StepOf<'update'>['tags']> = {}): GraphStep => ({
  ...{ id: 'change', kind: 'update', set, tags: { add: [], remove: [], ...tags }, next: 'done' },
});

test('an update writes fields and tells of it', async () => {
  const steps = [update({ company: { entry: 'firm' }, industry: null, 'traits.plan': 'pro' }), done];
  const { world, ...told } = await walk(steps, { entry: { firm: ' ACME ' }, fields: { industry: 'IT' } });
  expect(toldOf({ world, ...told })).toEqual(['change done', 'done done', 'completed after 0 h']);
  expect(world.contacts[0]?.fields).toMatchObject({ company: 'ACME', industry: null, traits: { plan: 'pro' } });
  expect(world.events[0]).toMatchObject({
    type: 'contact.updated',
    properties: { changed: ['company', 'industry', 'traits.plan'] },
  });
});

test('an update that changes nothing tells nobody', async () => {
  const { world, steps } = await walk([update({ company: 'ACME' }), done], { fields: { company: 'ACME' } });
  expect(world.events.map(({ type }) => type)).toEqual(['journey.finished']);
  expect(steps[0]?.reason).toBe('everything is as it should be');
});

test('tags are added once and removed', async () => {
  const steps = [update({}, { add: ['Hot', 'hot', 'vip'], remove: ['COLD'] }), done];
  const { world } = await walk(steps, { fields: { traits: { tags: ['cold', 'VIP'] } } });
  expect(world.contacts[0]?.fields['traits']).toEqual({ tags: ['VIP', 'Hot'] });
});

test('a branch sees what the update wrote', async () => {
  const branch: GraphStep = {
    ...{ id: 'fork', kind: 'branch', else: 'done' },
    cases: [{ when: { field: 'traits.tags', contains: 'hot' }, next: 'hot' }],
  };
  const steps = [{ ...update({}, { add: ['hot'] }), next: 'fork' }, branch, done];
  const hot: GraphStep = { id: 'hot', kind: 'exit', outcome: 'hot' };
  expect((await walk([...steps, hot])).outcome).toBe('hot');
});

test('becoming a customer by an update ends the journey', async () => {
  const wait: GraphStep = { id: 'wait', kind: 'wait', for: '1 day', on: [], next: 'done' };
  const steps = [{ ...update({ lifecycleStage: 'customer' }), next: 'wait' }, wait, done] as GraphStep[];
  expect(toldOf(await walk(steps))).toEqual(['change done', 'customer after 0 h']);
});

test('points are a line in the ledger', async () => {
  const score: GraphStep = {
    ...{ id: 'points', kind: 'score', points: -5, axis: 'fit', reason: 'too small', next: 'done' },
  };
  const { world, steps } = await walk([score, done]);
  expect(steps[0]?.reason).toBe('-5 fit: too small');
  expect(world.scores).toMatchObject([{ visit: 1, axis: 'fit', rule: 'too small', points: -5, at: MONDAY }]);
});

const task = (more: Partial<StepOf<'task'>> = {}): GraphStep => ({
  ...{ id: 'call', kind: 'task', type: 'call', to: 'owner', title: 'Call {{ contact.firstName }}', next: 'done' },
  ...more,
});
const teams = [
  { key: 'support', name: 'Support' },
  { key: 'sales', name: 'Sales' },
];
const reps = [{ key: 'ann', name: 'Ann', email: 'ann@example.com' }];

test('a task is its owner’s, due in working time', async () => {
  const options = { fields: { owner: 'Ann@example.com' }, settings: { teams, reps } };
  const { world } = await walk([task({ due: '10 hours', note: 'n' }), done], options);
  expect(world.tasks).toMatchObject([{ owner: 'ann', team: null, title: 'Call {{ contact.firstName }}', note: 'n' }]);
  expect(new Date(world.tasks[0]?.dueAt ?? 0).toISOString()).toBe('2026-11-24T11:00:00.000Z');
});

test('a task without an owner is the sales team’s', async () => {
  const { world } = await walk([task(), done], { settings: { teams } });
  expect(world.tasks).toMatchObject([{ owner: null, team: 'sales', dueAt: null }]);
  expect((await walk([task({ to: 'support' }), done])).world.tasks).toMatchObject([{ owner: null, team: 'support' }]);
});

test('another journey is asked, with properties', async () => {
  const ask: GraphStep = {
    ...{ id: 'ask', kind: 'enroll', journey: 'other', with: { a: 1, b: { entry: 'x' } }, next: 'done' },
  };
  const { world } = await walk([ask, { ...done, into: 'third' }], { entry: { x: 'y', a: 0 } });
  const asked = world.events.filter(({ type }) => type === 'journey.requested').map(({ properties }) => properties);
  expect(asked).toMatchObject([
    { journey: 'other', by: 'enroll', from: 'sample', entry: { x: 'y', a: 1, b: 'y' } },
    { journey: 'third', by: 'exit', entry: { x: 'y', a: 0 } },
  ]);
});

test('a step whose `if` is false writes nothing', async () => {
  const { world, steps } = await walk([{ ...task(), if: { field: 'owner', exists: true } } as GraphStep, done]);
  expect(steps[0]?.outcome).toBe('passed');
  expect(world.tasks).toEqual([]);
});
