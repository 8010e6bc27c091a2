import type { Graph, GraphStep } from '../journeys/graph';
import type { Closes, VisitOutcome } from '../contract/visits';

/** The step that comes after `step` ended with `outcome`. */
export function nextOf(step: GraphStep, outcome: VisitOutcome): string {
  if (outcome === 'retried') return step.id;
  switch (step.kind) {
    case 'email':
    case 'message':
    case 'notify':
    case 'update':
    case 'score':
    case 'task':
    case 'enroll':
      return step.next;
    case 'wait':
      return outcome.startsWith('on:') ? indexed(step.on, outcome, step.id).next : step.next;
    case 'branch':
      return outcome.startsWith('case:') ? indexed(step.cases, outcome, step.id).next : step.else;
    case 'split':
      return outcome.startsWith('case:') ? indexed(step.arms, outcome, step.id).next : step.next;
    case 'repeat':
      return outcome === 'case:0' ? step.from : step.next;
    case 'exit':
      throw new Error(`nothing follows the exit ${step.id}`);
  }
}

export function stepOf(graph: Graph, id: string): GraphStep {
  const step = graph.steps[id];
  if (!step) throw new Error(`the journey ${graph.journey} has no step ${id}`);
  return step;
}

/** The state after a visit of `step` ended. */
export function after(step: GraphStep, closes: Closes) {
  return { stepId: nextOf(step, closes.outcome), visit: closes.visit + 1, closes };
}

function indexed<T>(list: readonly T[], outcome: VisitOutcome, stepId: string): T {
  const item = list[Number(outcome.slice(outcome.indexOf(':') + 1))];
  if (item === undefined) throw new Error(`step ${stepId} has no ${outcome}`);
  return item;
}
