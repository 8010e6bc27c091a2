import type { Closed } from '../../../workflows/contract/effects';
import type { GraphStep } from '../../../workflows/journeys/graph';
import type { Tx } from '../../client';
import type { EffectContext } from './context';
import { evaluateAll } from './facts';
import { recordDecision } from './record';
import { openVisit } from './visits';

/** A step whose `if` is false takes no time: its visit is written as passed, and hands on the mark it was reached with. */
export async function passIfFalse(
  tx: Tx,
  context: EffectContext,
  { step, visit, look }: { step: GraphStep; visit: number; look: bigint },
): Promise<Closed | null> {
  if (!('if' in step) || step.if === undefined) return null;
  const { reading } = context;
  const [verdict] = await evaluateAll(tx, context, [step.if]);
  if (!verdict || verdict.holds) return null;
  const { id: stepId, kind } = step;
  await openVisit(tx, reading, {
    visit,
    stepId,
    kind,
    deadline: null,
    look,
    mark: look,
    outcome: 'passed',
    winnerSeq: null,
  });
  const reason = verdict.reasons.join('; ');
  const { inputs } = verdict;
  await recordDecision(tx, reading, { visit, stepId, kind: 'if', outcome: 'passed', reason, inputs, at: reading.at });
  return { kind: 'closed', outcome: 'passed' };
}
