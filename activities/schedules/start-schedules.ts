import type { Logger } from 'pino';
import type { Client } from '@temporalio/client';
import type { Db } from '../../prisma/client';
import { publishedRevision } from '../../prisma/stores/journeys';
import { startLoop, type Loop } from '../pump/loop';
import { reconcileSchedules } from './reconcile';

export interface SchedulesDeps {
  db: Db;
  log: Logger;
  client: Client;
  /** How often the Schedules are looked at although no journey has changed: somebody may have deleted one. */
  everyMs?: number;
}

const EVERY_MS = 60_000;
/** A published journey's Schedules are there this soon. */
const LOOK_MS = 2_000;

/** Keeps Temporal's Schedules those of the published journeys. Any number of workers may. */
export function startSchedules({ everyMs = EVERY_MS, ...deps }: SchedulesDeps): Loop {
  let known = { revision: '', at: -Infinity };
  const round = async () => {
    const revision = await publishedRevision(deps.db);
    if (revision !== known.revision || performance.now() - known.at > everyMs) {
      await reconcileSchedules(deps);
      known = { revision, at: performance.now() };
    }
    return 'idle' as const;
  };
  return startLoop({ name: 'schedules', log: deps.log, round, pollMs: Math.min(LOOK_MS, everyMs), soonMs: LOOK_MS });
}
