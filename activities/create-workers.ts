import { Worker, type NativeConnection } from '@temporalio/worker';
import type { DeliveryEffects, JourneyEffects } from '../workflows/contract/activities';
import type { EndpointActivities } from '../workflows/contract/endpoint-test';
import type { JobActivities } from '../workflows/contract/jobs';
import type { ScheduledEntryActivities } from '../workflows/contract/scheduled-entry';
import { DELIVERY, JOURNEYS } from '../workflows/contract/task-queues';

/** Replaying a short journey is cheap, memory is not. */
const CACHED_WORKFLOWS = 1_000;
/** After a kill, workflows that a dead worker held wait this long for the next one. */
const STICKY_MS = 3_000;
const GRACE_MS = 20_000;

export interface WorkerParts {
  connection: NativeConnection;
  namespace: string;
  bundle: string;
  journeys: JourneyEffects & JobActivities & ScheduledEntryActivities;
  delivery: DeliveryEffects & EndpointActivities & Pick<JobActivities, 'jobPage'>;
}

/** One worker a task queue: workflows with the effects on the database, and whatever reaches a provider. */
export async function createWorkers({
  connection,
  namespace,
  bundle,
  journeys,
  delivery,
}: WorkerParts): Promise<Worker[]> {
  const common = { connection, namespace, shutdownGraceTime: GRACE_MS };
  return Promise.all([
    Worker.create({
      ...common,
      taskQueue: JOURNEYS,
      workflowBundle: { codePath: bundle },
      activities: { ...journeys },
      maxCachedWorkflows: CACHED_WORKFLOWS,
      stickyQueueScheduleToStartTimeout: STICKY_MS,
    }),
    Worker.create({
      ...common,
      taskQueue: DELIVERY,
      activities: { ...delivery },
      maxConcurrentActivityTaskExecutions: 50,
    }),
  ]);
}
