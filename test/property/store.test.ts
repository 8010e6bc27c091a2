import fc from 'fast-check';
import { command, play, setupOf, shape, type Command, type Shape } from './support/commands';
import { examples } from './support/examples';
import { openLane } from './support/lane';
import { MemoryStore } from './support/memory-store';
import { quiesce } from './support/quiesce';
import { Round } from './support/round';
import { SqlStore } from './support/sql-store';
import { Violation } from './support/watch';

// A seed and a number of rounds may be named, to repeat a failure or to look for longer.
const SEED = Number(process.env['PROPERTY_SEED'] ?? 20261123);
const ROUNDS = Number(process.env['PROPERTY_ROUNDS'] ?? 2000);
/** Rounds at once, each in a database of its own. */
const LANES = 4;
const MONDAY = Date.parse('2026-11-23T09:00:00Z');

interface Found {
  rule: string;
  what: string;
}

let found: Found[] = [];
let rounds = 0;

beforeAll(async () => {
  found = (await Promise.all(Array.from({ length: LANES }, (_, index) => explore(index)))).flat();
}, 900_000);

async function explore(index: number): Promise<Found[]> {
  const lane = await openLane();
  try {
    const stores = { sql: await SqlStore.open(lane), memory: new MemoryStore() };
    const property = fc.asyncProperty(shape, fc.array(command, { minLength: 8, maxLength: 40 }), async (...drawn) => {
      rounds += 1;
      await playRound(stores, ...drawn);
    });
    const result = await fc.check(property, { seed: SEED + index, numRuns: Math.ceil(ROUNDS / LANES), examples });
    return result.failed ? [foundBy(result)] : [];
  } finally {
    await lane.drop();
  }
}

async function playRound(
  stores: { sql: SqlStore; memory: MemoryStore },
  drawn: Shape,
  commands: readonly Command[],
): Promise<void> {
  const round = new Round(stores, setupOf(drawn, MONDAY), drawn.idempotent);
  try {
    await round.begin();
    for (const one of commands) await play(round, one);
    if (commands.length % 4 === 0) await round.compare();
    await quiesce(round);
  } catch (error) {
    if (error instanceof Violation) throw new Violation(error.rule, `${error.message}\n${round.story()}`);
    throw error;
  }
}

function foundBy({ errorInstance, counterexample, seed }: fc.RunDetails<[Shape, Command[]]>): Found {
  const rule = errorInstance instanceof Violation ? errorInstance.rule : 'stores';
  const text = errorInstance instanceof Error ? (errorInstance.stack ?? errorInstance.message) : String(errorInstance);
  return { rule, what: `seed ${seed}\n${JSON.stringify(counterexample)}\n${text}` };
}

test.each([
  ['stores', 'both stores say and write the same'],
  ['I1', 'each visit has one outcome'],
  ['I2', 'what was accepted in time wins'],
  ['I3', 'no begin after a leave or opt-out'],
  ['I4', 'one call a key, one delivery a step'],
  ['I5', 'everybody comes to an end'],
  ['I6', 'nothing is written below the current visit'],
  ['I7', 'who is held is released'],
  ['I8', 'send states only rise'],
  ['I9', 'the ledger at rest is true'],
])('%s: %s', (rule) => {
  expect(found.filter((one) => one.rule === rule).map(({ what }) => what)).toEqual([]);
  if (found.length === 0) expect(rounds).toBeGreaterThanOrEqual(ROUNDS);
});
