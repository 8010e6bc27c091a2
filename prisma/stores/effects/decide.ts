import type { DecideAnswer } from '../../../workflows/contract/effects';
import { judge } from '../../../workflows/domain/visits/judge';
import type { Tx } from '../../client';
import { chooseBranch } from './choices/branch';
import type { Choice, ChoiceStep } from './choices/choice';
import { chooseRepeat } from './choices/repeat';
import { chooseArm } from './choices/split';
import type { EffectContext } from './context';
import { stepOfKind } from './graphs';
import { passIfFalse } from './pass';
import { caseOf, type Asked } from './reading';
import { recordDecision } from './record';
import { closeBefore, openVisit, refuse } from './visits';

/** Chooses a path at a branch, a split or a repeat. The choice is written with its visit, so it is made once. */
export async function decide(tx: Tx, context: EffectContext, asked: Asked): Promise<DecideAnswer> {
  const { reading, graph } = context;
  const judgement = judge(caseOf(reading, asked));
  if (judgement.kind === 'stored') return { kind: 'closed', outcome: judgement.visit.outcome ?? 'else' };
  if (judgement.kind !== 'open') return refuse(tx, reading, judgement);
  const { visit, stepId } = asked;
  const step = stepOfKind(graph, stepId, 'branch', 'split', 'repeat');
  const look = await closeBefore(tx, reading, asked.closes);
  const passed = await passIfFalse(tx, context, { step, visit, look });
  if (passed) return passed;
  const { outcome, reason, inputs } = await choose(tx, context, step);
  const opened = { visit, stepId, kind: step.kind, deadline: null, look, mark: look, winnerSeq: null };
  await openVisit(tx, reading, { ...opened, outcome });
  await recordDecision(tx, reading, { visit, stepId, kind: step.kind, outcome, reason, inputs, at: reading.at });
  return { kind: 'closed', outcome };
}

function choose(tx: Tx, context: EffectContext, step: ChoiceStep): Promise<Choice> {
  switch (step.kind) {
    case 'branch':
      return chooseBranch(tx, context, step);
    case 'split':
      return chooseArm(tx, context, step);
    case 'repeat':
      return chooseRepeat(tx, context, step);
  }
}
