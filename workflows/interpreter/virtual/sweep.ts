import type { Graph, GraphStep } from '../../journeys/graph';
import { covers } from './reading';
import type { EnrollmentRow, World } from './world';

/** Who is held is released when nothing holds them. */
export function sweepHeld(world: World): void {
  for (const enrollment of world.enrollments) {
    if (enrollment.status !== 'held' || isHeld(world, enrollment)) continue;
    enrollment.status = 'active';
    world.dispatches.push({ enrollmentId: enrollment.id, kind: 'released', visit: null });
  }
}

/** A lifted pause counts until its spread is over: whoever it holds has a timer. */
function isHeld({ holds, graphs, now }: World, enrollment: EnrollmentRow): boolean {
  const active = holds.filter(({ liftedAt, spreadMs }) => liftedAt === null || liftedAt + spreadMs > now);
  const steps = stepsAhead(enrollment, graphs.get(enrollment.versionId));
  return active.some((hold) => steps.some((stepId) => covers(hold, enrollment, stepId)));
}

/** The step that is not taken is written nowhere: it is the present one or one that follows it. */
function stepsAhead({ visit, stepId }: EnrollmentRow, graph: Graph | undefined): string[] {
  if (!graph) return [];
  return visit === 0 || stepId === null ? [graph.first] : [stepId, ...nextOf(graph.steps[stepId])];
}

function nextOf(step: GraphStep | undefined): string[] {
  switch (step?.kind) {
    case 'email':
      return [step.next];
    case 'wait':
      return [step.next, ...step.on.map(({ next }) => next)];
    case 'branch':
      return [step.else, ...step.cases.map(({ next }) => next)];
    case 'exit':
    case undefined:
      return [];
  }
}
