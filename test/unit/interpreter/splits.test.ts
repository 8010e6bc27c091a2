import { begin } from '../../../workflows/contract/run-state';
import { armAt, drawOf } from '../../../workflows/domain/splitting/draw';
import { interpret } from '../../../workflows/interpreter/interpret';
import { virtualHost } from '../../../workflows/interpreter/virtual/virtual-host';
import type { GraphStep, StepOf } from '../../../workflows/journeys/graph';
import { walk } from './hand-made';
import { toldOf } from './play';

const exit = (id: string): GraphStep => ({ id, kind: 'exit', outcome: id });
const fork: StepOf<'split'> = {
  ...{ id: 'fork', kind: 'split', next: 'none' },
  arms: [
    { name: 'a', weight: 1, next: 'one' },
    { name: 'b', weight: 1, next: 'two' },
    { name: 'holdout', weight: 2, holdout: true, next: 'none' },
  ],
};
const steps = [fork, exit('one'), exit('two'), exit('none')];

test('an arm is drawn, and remembered', async () => {
  const simulation = await walk(steps);
  const { contactId } = simulation.world.exposures[0] ?? { contactId: '' };
  const arm = armAt(fork.arms, drawOf({ contactId, journeyKey: 'sample', stepId: 'fork' }));
  const { name = '', next = '', holdout = false } = fork.arms[arm] ?? {};
  expect(toldOf(simulation)).toEqual([`fork case:${arm}`, `${next} done`, `${next} after 0 h`]);
  expect(simulation.world.exposures).toMatchObject([{ journeyKey: 'sample', stepId: 'fork', arm: name, holdout }]);
  expect(simulation.steps[0]?.reason).toMatch(new RegExp(`^${name}, drawn with 0\\.\\d{4}$`));
});

test('who comes again is in the arm they were in', async () => {
  const first = await walk(steps);
  const drawn = first.world.exposures[0]?.arm;
  const other = fork.arms.find(({ name }) => name !== drawn);
  const { world } = first;
  world.exposures = world.exposures.map((row) => ({ ...row, arm: other?.name ?? '' }));
  const enrollment = world.enrollments[0];
  if (!enrollment) throw new Error('nobody entered');
  const id = '00000000-0000-7000-8000-000000000002';
  world.enrollments.push({ ...enrollment, id, status: 'active', visit: 0, stepId: null, outcome: null });
  const run = { world, enrollmentId: id, happenings: [], idempotent: true, graceMs: 0 };
  const host = virtualHost({ ...run, provider: () => ({ kind: 'accepted', providerMessageId: null }) });
  const graph = world.graphs.get(enrollment.versionId);
  if (!graph) throw new Error('no graph');
  const ended = await interpret({ enrollmentId: id, versionId: id, graph, state: begin('fork') }, host);
  expect(ended).toEqual({ kind: 'ended', outcome: other?.next });
});

test('a split passed by draws nothing', async () => {
  const { world, outcome } = await walk([{ ...fork, if: { field: 'owner', exists: true } }, ...steps.slice(1)]);
  expect([outcome, world.exposures]).toEqual(['none', []]);
});
