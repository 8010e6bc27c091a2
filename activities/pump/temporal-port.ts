import { WorkflowNotFoundError } from '@temporalio/common';
import { isGrpcServiceError, WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import { CONTACT_JOURNEY, ENGINE, type JourneyInput } from '../../workflows/contract/journey';
import { jobStart, type JobKind } from '../../workflows/contract/jobs';
import { released, wake, type Wake } from '../../workflows/contract/messages';
import { searchAttributes } from '../../workflows/contract/search-attributes';
import { JOURNEYS } from '../../workflows/contract/task-queues';

export interface JourneyStart {
  workflowId: string;
  enrollmentId: string;
  versionId: string;
  version: number;
  journeyKey: string;
  journeyName: string;
  contactId: string;
  /** `restart` where people bring back a workflow that was ended outside of Nurture. */
  outcome?: string | null;
}

/** What dispatcher and sweeps need of Temporal. */
export interface TemporalPort {
  /** Also resolves if it runs, or ran, already. */
  start(start: JourneyStart): Promise<void>;
  wake(workflowId: string, wake: Wake): Promise<'delivered' | 'not-found'>;
  released(workflowId: string): Promise<'delivered' | 'not-found'>;
  /** Starts the workflow of a job, also once more after it was ended; resolves where it runs. */
  startJob(kind: JobKind, jobId: string): Promise<void>;
  /** Ids of the journeys' workflows that closed since then without an answer: terminated, failed, timed out. */
  brokenSince(since: Date): Promise<string[]>;
  /** A reset closes one run and opens the next under the same id. */
  isOpen(workflowId: string): Promise<boolean>;
}

/** Less than the lease of a dispatch row. */
const CALL_MS = 10_000;

/** Well below the server's own limit; between two mails there is plenty of it. */
const HISTORY_EVENTS = 4_000;

export function temporalPort(
  client: Client,
  limits: JourneyInput['limits'] = { historyEvents: HISTORY_EVENTS },
): TemporalPort {
  const inTime = <T>(call: () => Promise<T>): Promise<T> => client.withDeadline(Date.now() + CALL_MS, call);
  const deliver = async (send: () => Promise<void>): Promise<'delivered' | 'not-found'> => {
    try {
      await inTime(send);
      return 'delivered';
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return 'not-found';
      throw error;
    }
  };
  return {
    start: (start) => inTime(() => startJourney(client, start, limits)),
    wake: (workflowId, message) => deliver(() => client.workflow.getHandle(workflowId).signal(wake, message)),
    released: (workflowId) => deliver(() => client.workflow.getHandle(workflowId).signal(released)),
    startJob: (kind, jobId) => inTime(() => startJob(client, kind, jobId)),
    brokenSince: (since) => inTime(() => listBroken(client, since)),
    isOpen: (workflowId) => inTime(() => isOpen(client, workflowId)),
  };
}

async function startJourney(client: Client, start: JourneyStart, limits: JourneyInput['limits']): Promise<void> {
  const { workflowId, enrollmentId, versionId, journeyKey, journeyName, version, contactId } = start;
  const input: JourneyInput = { enrollmentId, versionId, engine: ENGINE, limits };
  try {
    await client.workflow.start(CONTACT_JOURNEY, {
      workflowId,
      taskQueue: JOURNEYS,
      args: [input],
      workflowIdReusePolicy: start.outcome === 'restart' ? 'ALLOW_DUPLICATE_FAILED_ONLY' : 'REJECT_DUPLICATE',
      typedSearchAttributes: [
        { key: searchAttributes.journeyKey, value: journeyKey },
        { key: searchAttributes.journeyVersion, value: version },
        { key: searchAttributes.contactId, value: contactId },
        { key: searchAttributes.enrollmentStatus, value: 'active' },
      ],
      staticSummary: Buffer.from(`${journeyName} · version ${version}`).subarray(0, 200).toString(),
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

async function startJob(client: Client, kind: JobKind, jobId: string): Promise<void> {
  const { type, options } = jobStart(kind, jobId);
  try {
    await client.workflow.start(type, options);
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

async function listBroken(client: Client, since: Date): Promise<string[]> {
  const query = `WorkflowType = '${CONTACT_JOURNEY}' AND ExecutionStatus IN ('Terminated', 'Failed', 'TimedOut') AND CloseTime >= '${since.toISOString()}'`;
  const ids = new Set<string>();
  for await (const { workflowId } of client.workflow.list({ query })) ids.add(workflowId);
  return [...ids];
}

async function isOpen(client: Client, workflowId: string): Promise<boolean> {
  try {
    return (await client.workflow.getHandle(workflowId).describe()).status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

/**
 * gRPC codes that are about the server (4 deadline, 8 exhausted, 13 internal, 14 unavailable) or about our connection to
 * it (7 permission, 9 precondition, 12 unimplemented, 16 unauthenticated): the row is not to blame.
 */
const outages: readonly number[] = [4, 7, 8, 9, 12, 13, 14, 16];

/** Whether Temporal is away, overloaded or not to be spoken to, rather than refusing this one call. */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return true;
  const found = [error, error.cause].find(isGrpcServiceError);
  return found === undefined ? error.name !== 'TypeError' : outages.includes(found.code);
}
