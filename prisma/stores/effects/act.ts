import type { ActAnswer } from '../../../workflows/contract/effects';
import { judge } from '../../../workflows/domain/visits/judge';
import type { Tx } from '../../client';
import type { ActContext, ActStep } from './acts/act-step';
import { acts } from './acts/acts';
import { stepOfKind } from './graphs';
import { passIfFalse } from './pass';
import { caseOf, type Asked } from './reading';
import { closeBefore, openVisit, refuse } from './visits';

/** Carries out a step that only writes, in the transaction that writes its visit: so it is carried out once. */
export async function act(tx: Tx, context: ActContext, asked: Asked): Promise<ActAnswer> {
  const { reading, graph } = context;
  const judgement = judge(caseOf(reading, asked));
  if (judgement.kind === 'stored') return { kind: 'closed', outcome: judgement.visit.outcome ?? 'done' };
  if (judgement.kind !== 'open') return refuse(tx, reading, judgement);
  const { visit, stepId } = asked;
  const step = stepOfKind(graph, stepId, 'update', 'score', 'task', 'enroll');
  const look = await closeBefore(tx, reading, asked.closes);
  const passed = await passIfFalse(tx, context, { step, visit, look });
  if (passed) return passed;
  const opened = { visit, stepId, kind: step.kind, deadline: null, look, mark: look, winnerSeq: null };
  await openVisit(tx, reading, { ...opened, outcome: 'done' });
  await carryOut(tx, context, { step, visit });
  return { kind: 'closed', outcome: 'done' };
}

function carryOut(tx: Tx, context: ActContext, { step, visit }: { step: ActStep; visit: number }): Promise<void> {
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
