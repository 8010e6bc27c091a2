import { setTimeout as pause } from 'node:timers/promises';
import { isSettled, markFastForwarded } from '../prisma/stores/enrollment-actions';
import type { EnrollmentView } from '../prisma/stores/enrollment-views';
import type { HandlerDeps } from './deps';
import { durationMs } from './http/duration';
import { Problem } from './http/problems';

/** How long the pump and the dispatcher may take to catch up, before and after. */
const PATIENCE_MS = 15_000;
const EVERY_MS = 25;

/**
 * Moves one enrollment's clock. What was accepted before must be processed first: an event that came in time would
 * else lose against a deadline that comes early.
 */
export async function fastForward({ id, workflowId }: EnrollmentView, by: string, deps: HandlerDeps): Promise<void> {
  const { db, config, control } = deps;
  if (!config.development) {
    throw new Problem('not-allowed-now', 'Only on a development server, whose clock may be moved.');
  }
  const byMs = durationMs(by, ['by']);
  await settled(deps, id);
  await markFastForwarded(db, id);
  await control.fastForward(workflowId, byMs);
  await settled(deps, id);
}

async function settled({ db }: HandlerDeps, id: string): Promise<void> {
  for (const end = performance.now() + PATIENCE_MS; !(await isSettled(db, id)); await pause(EVERY_MS)) {
    if (performance.now() < end) continue;
    throw new Problem('not-allowed-now', 'Events of this contact are still being processed. Is a worker running?');
  }
}
