import { stepsAhead } from '../steps-ahead';
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
  const graph = graphs.get(enrollment.versionId);
  const steps = graph ? stepsAhead(graph, enrollment) : [];
  return active.some((hold) => steps.some((stepId) => covers(hold, enrollment, stepId)));
}
