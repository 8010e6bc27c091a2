import fc from 'fast-check';
import { command, play, setupOf, shape, type Command, type Shape } from './commands';
import { examples } from './examples';
import { quiesce } from './quiesce';
import { Round, type Stores } from './round';
import { Violation } from './watch';

// A seed may be named, to repeat a failure or to look elsewhere.
const SEED = Number(process.env['PROPERTY_SEED'] ?? 20261123);
const MONDAY = Date.parse('2026-11-23T09:00:00Z');

/** What must always hold, by the numbers of docs/protocol.md. */
export const invariants: [rule: string, title: string][] = [
  ['I1', 'each visit has one outcome'],
  ['I2', 'what was accepted in time wins'],
  ['I3', 'no begin after a leave or opt-out'],
  ['I4', 'one call a key, one delivery a step'],
  ['I5', 'everybody comes to an end'],
  ['I6', 'nothing is written below the current visit'],
  ['I7', 'who is held is released'],
  ['I8', 'send states only rise'],
  ['I9', 'the ledger at rest is true'],
  ['I10', 'records that were joined are one'],
  ['I11', 'an opt-out of either holds for both'],
];

export interface Explored {
  rounds: number;
  /** The first thing that did not hold, made as short as it gets. */
  found: { rule: string; what: string }[];
}

/** Plays drawn rounds, after those that found something once. `place` draws others for each lane; a round has `commands` at most. */
export async function explore(
  stores: Stores,
  { rounds, place = 0, commands = 40 }: { rounds: number; place?: number; commands?: number },
): Promise<Explored> {
  let played = 0;
  const property = fc.asyncProperty(
    shape,
    fc.array(command, { minLength: 6, maxLength: commands }),
    async (...drawn) => {
      played += 1;
      await playRound(stores, ...drawn);
    },
  );
  const result = await fc.check(property, { seed: SEED + place, numRuns: rounds, examples });
  return { rounds: played, found: result.failed ? [foundBy(result)] : [] };
}

async function playRound(stores: Stores, drawn: Shape, commands: readonly Command[]): Promise<void> {
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

function foundBy({
  errorInstance,
  counterexample,
  seed,
}: fc.RunDetails<[Shape, Command[]]>): Explored['found'][number] {
  const rule = errorInstance instanceof Violation ? errorInstance.rule : 'stores';
  const text = errorInstance instanceof Error ? (errorInstance.stack ?? errorInstance.message) : String(errorInstance);
  return { rule, what: `seed ${seed}\n${JSON.stringify(counterexample)}\n${text}` };
}
