import type { Graph, GraphStep } from '../journeys/graph';

/**
 * The steps that an enrollment may be about to take. While it is held, the one that is not taken is written nowhere: it
 * is the present one or one that follows it.
 */
export function stepsAhead(graph: Graph, { visit, stepId }: { visit: number; stepId: string | null }): string[] {
  return visit === 0 || stepId === null ? [graph.first] : [stepId, ...waysFrom(graph.steps[stepId])];
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
