import { diversionOutcome, isPending, type Diversion } from '../domain/visits/diversion';
import type { Graph, GraphStep } from '../journeys/graph';
import { nextOfExit } from './follow';

export interface Standing {
  visit: number;
  stepId: string | null;
  diverted: Diversion | null;
}

/**
 * The steps that an enrollment may be about to take. While it is held, the one that is not taken is written nowhere: it
 * is the present one, one that follows it, or the one that an exit of the journey sends it on to.
 */
export function stepsAhead(graph: Graph, { visit, stepId, diverted }: Standing): string[] {
  const ahead = visit === 0 || stepId === null ? [graph.first] : [stepId, ...waysFrom(graph.steps[stepId])];
  return isPending(diverted) ? [...ahead, nextOfExit(graph, diversionOutcome(diverted))] : ahead;
}

function waysFrom(step: GraphStep | undefined): string[] {
  switch (step?.kind) {
    case 'email':
    case 'message':
    case 'notify':
    case 'update':
    case 'score':
    case 'task':
    case 'enroll':
      return [step.next];
    case 'wait':
      return [step.next, ...step.on.map(({ next }) => next)];
    case 'branch':
      return [step.else, ...step.cases.map(({ next }) => next)];
    case 'split':
      return [step.next, ...step.arms.map(({ next }) => next)];
    case 'repeat':
      return [step.next, step.from];
    case 'exit':
    case undefined:
      return [];
  }
}
