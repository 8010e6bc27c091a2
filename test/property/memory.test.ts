import { explore, invariants, type Explored } from './support/explore';
import { MemoryStore } from './support/memory-store';

// Without a database the same rounds take a hundredth of the time: many more of them.
const ROUNDS = Number(process.env['PROPERTY_MEMORY_ROUNDS'] ?? 10_000);

let explored: Explored = { rounds: 0, found: [] };

beforeAll(async () => {
  explored = await explore({ sql: null, memory: new MemoryStore() }, { rounds: ROUNDS, place: 100 });
}, 300_000);

test.each(invariants)('%s: %s', (rule) => {
  expect(explored.found.filter((one) => one.rule === rule).map(({ what }) => what)).toEqual([]);
});

test('all rounds were played', () => {
  expect(explored.found).toEqual([]);
  expect(explored.rounds).toBeGreaterThanOrEqual(ROUNDS);
});
