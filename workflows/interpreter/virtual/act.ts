import type { ActAnswer } from '../../contract/effects';
import { judge } from '../../domain/visits/judge';
import type { ActStep } from './acts/act-step';
import { acts } from './acts/acts';
import { caseOf, read, stepOfKind, type Asked, type Reading } from './reading';
import { closeBefore, openVisit, passIfFalse, refuse } from './visits';
import type { World } from './world';

/** Carries out a step that only writes, together with its visit. */
export function act(world: World, asked: Asked): ActAnswer {
  const reading = read(world, asked);
  const judgement = judge(caseOf(reading));
  if (judgement.kind === 'stored') return { kind: 'closed', outcome: judgement.visit.outcome ?? 'done' };
  if (judgement.kind !== 'open') return refuse(reading, judgement);
  const step = stepOfKind(reading, 'update', 'score', 'task', 'enroll');
  const look = closeBefore(reading);
  if (passIfFalse(reading, step, look)) return { kind: 'closed', outcome: 'passed' };
  openVisit(reading, { stepId: step.id, kind: step.kind, look, mark: look, outcome: 'done' });
  carryOut(reading, step);
  return { kind: 'closed', outcome: 'done' };
}

function carryOut(reading: Reading, step: ActStep): void {
  switch (step.kind) {
    case 'update':
      return acts.update(reading, step);
    case 'score':
      return acts.score(reading, step);
    case 'task':
      return acts.task(reading, step);
    case 'enroll':
      return acts.enroll(reading, step);
  }
}
