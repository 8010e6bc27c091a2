import { setTimeout as pause } from 'node:timers/promises';
import { isSettled, markFastForwarded } from '../prisma/stores/enrollment-actions';
import type { EnrollmentView } from '../prisma/stores/enrollment-views';
import { periodMs } from '../workflows/domain/timing/duration';
import type { HandlerDeps } from './deps';
import { invalidField, Problem } from './http/problems';

/** How long the pump and the dispatcher may take to catch up, before and after. */
const PATIENCE_MS = 15_000;
const EVERY_MS = 25;
const MOST_MS = 366 * 86_400_000;

/**
 * Moves one enrollment's clock. What was accepted before must be processed first: an event that came in time would
 * else lose against a deadline that comes early.
 */
export async function fastForward({ id, workflowId }: EnrollmentView, by: string, deps: HandlerDeps): Promise<void> {
  const { db, config, control } = deps;
  if (!config.development) {
    throw new Problem('not-allowed-now', 'Only on a development server, whose clock may be moved.');
  }
  const byMs = durationMs(by);
  await settled(deps, id);
  await markFastForwarded(db, id);
  await control.fastForward(workflowId, byMs);
  await settled(deps, id);
}

function durationMs(by: string): number {
  const ms = /^[1-9]\d{0,5} (second|minute|hour|day|week)s?$/.test(by) ? periodMs(by) : null;
  if (ms === null || ms > MOST_MS)
    throw invalidField(['by'], 'A duration such as "5 days" or "90 minutes", at most a year.');
  return ms;
}

async function settled({ db }: HandlerDeps, id: string): Promise<void> {
  for (const end = performance.now() + PATIENCE_MS; !(await isSettled(db, id)); await pause(EVERY_MS)) {
    if (performance.now() < end) continue;
    throw new Problem('not-allowed-now', 'Events of this contact are still being processed. Is a worker running?');
  }
}
