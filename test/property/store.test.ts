import { explore, invariants, type Explored } from './support/explore';
import { openLane } from './support/lane';
import { MemoryStore } from './support/memory-store';
import { SqlStore } from './support/sql-store';

const ROUNDS = Number(process.env['PROPERTY_ROUNDS'] ?? 1200);
/** Rounds at once, each in a database of its own. */
const LANES = 4;

let lanes: Explored[] = [];

beforeAll(async () => {
  lanes = await Promise.all(Array.from({ length: LANES }, (_, place) => exploreLane(place)));
}, 900_000);

async function exploreLane(place: number): Promise<Explored> {
  const lane = await openLane();
  try {
    const stores = { sql: await SqlStore.open(lane), memory: new MemoryStore() };
    return await explore(stores, { rounds: Math.ceil(ROUNDS / LANES), place, commands: 24 });
  } finally {
    await lane.drop();
  }
}

test.each([['stores', 'both say and write the same'], ...invariants])('%s: %s', (rule) => {
  const found = lanes.flatMap((lane) => lane.found).filter((one) => one.rule === rule);
  expect(found.map(({ what }) => what)).toEqual([]);
});

test('all rounds were played', () => {
  expect(lanes.reduce((sum, { rounds }) => sum + rounds, 0)).toBeGreaterThanOrEqual(ROUNDS);
});
