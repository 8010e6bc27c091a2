import type { ActAnswer } from '../../contract/effects';
import { judge } from '../../domain/visits/judge';
import type { GraphStep } from '../../journeys/graph';
import { acts, type ActStep } from './acts/acts';
import { caseOf, read, type Asked, type Reading } from './reading';
import { closeBefore, openVisit, passIfFalse, refuse } from './visits';
import type { World } from './world';

/** Carries out a step that only writes, together with its visit. */
export function act(world: World, asked: Asked): ActAnswer {
  const reading = read(world, asked);
  const judgement = judge(caseOf(reading));
  if (judgement.kind === 'stored') return { kind: 'closed', outcome: judgement.visit.outcome ?? 'done' };
  if (judgement.kind !== 'open') return refuse(reading, judgement);
  const step = actStep(reading.graph.steps[asked.stepId], asked.stepId);
  const look = closeBefore(reading);
  if (passIfFalse(reading, step, look)) return { kind: 'closed', outcome: 'passed' };
  openVisit(reading, { stepId: step.id, kind: step.kind, look, mark: look, outcome: 'done' });
  carryOut(reading, step);
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
