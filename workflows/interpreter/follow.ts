import type { Graph, GraphStep } from '../journeys/graph';
import type { Closes, VisitOutcome } from '../contract/visits';

/** The step that comes after `step` ended with `outcome`. */
export function nextOf(graph: Graph, step: GraphStep, outcome: VisitOutcome): string {
  if (outcome === 'retried') return step.id;
  if (outcome.startsWith('exit:')) return nextOfExit(graph, outcome);
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
export function after(graph: Graph, step: GraphStep, closes: Closes) {
  return { stepId: nextOf(graph, step, closes.outcome), visit: closes.visit + 1, closes };
}

/** An exit of the journey goes on at the same step wherever it was met. */
export function nextOfExit(graph: Graph, outcome: VisitOutcome): string {
  const exit = indexed(graph.exits, outcome, graph.journey);
  if (!('next' in exit)) throw new Error(`${outcome} of the journey ${graph.journey} goes on nowhere`);
  return exit.next;
}

function indexed<T>(list: readonly T[], outcome: VisitOutcome, of: string): T {
  const item = list[Number(outcome.slice(outcome.indexOf(':') + 1))];
  if (item === undefined) throw new Error(`${of} has no ${outcome}`);
  return item;
}
