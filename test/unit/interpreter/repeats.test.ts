import type { GraphStep } from '../../../workflows/journeys/graph';
import { walk } from './hand-made';
import { hours, toldOf } from './play';

const exit = (id: string): GraphStep => ({ id, kind: 'exit', outcome: id });
const mail: GraphStep = { id: 'mail', kind: 'email', template: 't', next: 'pause' };
const pause: GraphStep = {
  ...{ id: 'pause', kind: 'wait', for: '2 days', next: 'again' },
  on: [{ event: 'email.clicked', of: ['mail'], next: 'again' }],
};
const again: GraphStep = { id: 'again', kind: 'repeat', from: 'mail', times: 2, next: 'done' };
const steps = [mail, pause, again, exit('done')];

test('it goes back as often as it says, then on', async () => {
  const simulation = await walk(steps);
  expect(toldOf(simulation)).toEqual([
    ...['mail done accepted', 'pause timeout', 'again case:0'],
    ...['mail done accepted', 'pause timeout', 'again case:0'],
    ...['mail done accepted', 'pause timeout', 'again else'],
    ...['done done', 'done after 144 h'],
  ]);
  const told = simulation.steps.filter(({ kind }) => kind === 'repeat').map(({ reason }) => reason);
  expect(told).toEqual(['back to mail: round 1 of 2', 'back to mail: round 2 of 2', 'all 2 rounds are done']);
  expect(simulation.steps.map(({ visit }) => visit)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

test('a click that has won does not win again', async () => {
  const script = [{ at: hours(5), type: 'email.clicked', of: 'mail' }];
  expect(toldOf(await walk(steps, { script })).slice(0, 6)).toEqual([
    ...['mail done accepted', 'pause on:0', 'again case:0'],
    ...['mail done accepted', 'pause timeout', 'again case:0'],
  ]);
});

test('a second click ends the second round', async () => {
  const script = [5, 7].map((hour) => ({ at: hours(hour), type: 'email.clicked', of: 'mail' }));
  expect(toldOf(await walk(steps, { script })).slice(3, 8)).toEqual([
    ...['mail done accepted', 'pause on:0', 'again case:0'],
    ...['mail done accepted', 'pause timeout'],
  ]);
});

test('a late click on the first mail ends a later round', async () => {
  const script = [{ at: hours(50), type: 'email.clicked', of: 'mail' }];
  const { steps: told, world } = await walk(steps, { script });
  expect(told.filter(({ kind }) => kind === 'wait').map(({ outcome }) => outcome)).toEqual([
    'timeout',
    'on:0',
    'timeout',
  ]);
  expect(world.visits.find(({ outcome }) => outcome === 'on:0')?.leftAt).toBe(hours(50));
});

test('one passed by goes on at once', async () => {
  const only: GraphStep = { ...again, if: { field: 'owner', exists: true } };
  expect(toldOf(await walk([mail, pause, only, exit('done')])).slice(2)).toEqual([
    'again passed',
    'done done',
    'done after 48 h',
  ]);
});

// Everything between two waits takes no time: whatever comes meanwhile is found by the wait that follows.
test('steps between two waits hand on the mark', async () => {
  const view: GraphStep = {
    ...{ id: 'seen', kind: 'wait', for: '1 day', next: 'score', on: [{ event: 'page.viewed', of: [], next: 'score' }] },
  };
  const score: GraphStep = { id: 'score', kind: 'score', points: 1, axis: 'fit', reason: 'r', next: 'tag' };
  const tag: GraphStep = { id: 'tag', kind: 'update', set: {}, tags: { add: ['t'], remove: [] }, next: 'round' };
  const round: GraphStep = { id: 'round', kind: 'repeat', from: 'seen', times: 3, next: 'done' };
  const script = [1, 1, 1].map((hour) => ({ at: hours(hour), type: 'page.viewed' }));
  const { steps: told, world } = await walk([view, score, tag, round, exit('done')], { script });
  expect(told.filter(({ kind }) => kind === 'wait').map(({ outcome }) => outcome)).toEqual([
    ...['on:0', 'on:0', 'on:0'],
    'timeout',
  ]);
  const marks = world.visits.map(({ kind, look, mark }) => (kind === 'wait' ? 'wait' : mark - look));
  expect(marks).toEqual(['wait', 0n, 0n, 0n, 'wait', 0n, 0n, 0n, 'wait', 0n, 0n, 0n, 'wait', 0n, 0n, 0n, 0n]);
  expect(world.scores).toHaveLength(4);
});
