import type { DecideAnswer } from '../../../workflows/contract/effects';
import { judge } from '../../../workflows/domain/visits/judge';
import type { VisitOutcome } from '../../../workflows/domain/visits/visit';
import type { Tx } from '../../client';
import type { EffectContext } from './context';
import { evaluateAll } from './facts';
import { stepOfKind } from './graphs';
import { passIfFalse } from './pass';
import { caseOf, type Asked } from './reading';
import { recordDecision } from './record';
import { closeBefore, openVisit, refuse } from './visits';

/** Takes a branch: the first case that holds, else `else`. The choice is written with its visit, so it is made once. */
export async function decide(tx: Tx, context: EffectContext, asked: Asked): Promise<DecideAnswer> {
  const { reading, graph } = context;
  const judgement = judge(caseOf(reading, asked));
  if (judgement.kind === 'stored') return { kind: 'closed', outcome: judgement.visit.outcome ?? 'else' };
  if (judgement.kind !== 'open') return refuse(tx, reading, judgement);
  const step = stepOfKind(graph, asked.stepId, 'branch');
  const look = await closeBefore(tx, reading, asked.closes);
  const { visit, stepId } = asked;
  const passed = await passIfFalse(tx, context, { step, visit, look });
  if (passed) return passed;
  const verdicts = await evaluateAll(
    tx,
    context,
    step.cases.map(({ when }) => when),
  );
  const chosen = verdicts.findIndex(({ holds }) => holds);
  const outcome: VisitOutcome = chosen === -1 ? 'else' : `case:${chosen}`;
  await openVisit(tx, reading, {
    visit,
    stepId,
    kind: step.kind,
    deadline: null,
    look,
    mark: look,
    outcome,
    winnerSeq: null,
  });
  // Cases after the first that holds were not asked.
  const weighed = chosen === -1 ? verdicts : verdicts.slice(0, chosen + 1);
  const reason = weighed.map(({ reasons }, index) => `case ${index + 1}: ${reasons.join('; ')}`).join(' | ');
  const inputs = Object.assign({}, ...weighed.map((verdict) => verdict.inputs)) as Record<string, never>;
  await recordDecision(tx, reading, { visit, stepId, kind: 'branch', outcome, reason, inputs, at: reading.at });
  return { kind: 'closed', outcome };
}
