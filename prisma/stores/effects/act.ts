import type { ActAnswer } from '../../../workflows/contract/effects';
import { judge } from '../../../workflows/domain/visits/judge';
import type { GraphStep } from '../../../workflows/journeys/graph';
import type { Tx } from '../../client';
import { acts, type ActStep } from './acts/acts';
import type { EffectContext } from './context';
import { passIfFalse } from './pass';
import { caseOf, type Asked } from './reading';
import { closeBefore, openVisit, refuse } from './visits';

/** Carries out a step that only writes, in the transaction that writes its visit: so it is carried out once. */
export async function act(tx: Tx, context: EffectContext, asked: Asked): Promise<ActAnswer> {
  const { reading, graph } = context;
  const judgement = judge(caseOf(reading, asked));
  if (judgement.kind === 'stored') return { kind: 'closed', outcome: judgement.visit.outcome ?? 'done' };
  if (judgement.kind !== 'open') return refuse(tx, reading, judgement);
  const { visit, stepId } = asked;
  const step = actStep(graph.steps[stepId], stepId);
  const look = await closeBefore(tx, reading, asked.closes);
  const passed = await passIfFalse(tx, context, { step, visit, look });
  if (passed) return passed;
  const opened = { visit, stepId, kind: step.kind, deadline: null, look, mark: look, winnerSeq: null };
  await openVisit(tx, reading, { ...opened, outcome: 'done' });
  await carryOut(tx, context, step, visit);
  return { kind: 'closed', outcome: 'done' };
}

function actStep(step: GraphStep | undefined, stepId: string): ActStep {
  switch (step?.kind) {
    case 'update':
    case 'score':
    case 'task':
    case 'enroll':
      return step;
    default:
      throw new Error(`${stepId} is no step that only writes`);
  }
}

function carryOut(tx: Tx, context: EffectContext, step: ActStep, visit: number): Promise<void> {
  switch (step.kind) {
    case 'update':
      return acts.update(tx, context, { step, visit });
    case 'score':
      return acts.score(tx, context, { step, visit });
    case 'task':
      return acts.task(tx, context, { step, visit });
    case 'enroll':
      return acts.enroll(tx, context, { step, visit });
  }
}
