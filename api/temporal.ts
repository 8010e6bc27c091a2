import { randomUUID } from 'node:crypto';
import {
  Client,
  Connection,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { msToTs } from '@temporalio/common/lib/time';
import { temporal } from '@temporalio/proto';
import { ENDPOINT_TEST, type EndpointTested, type EndpointTestInput } from '../workflows/contract/endpoint-test';
import { jobStart, type JobKind } from '../workflows/contract/jobs';
import { retry, skip } from '../workflows/contract/messages';
import { JOURNEYS } from '../workflows/contract/task-queues';
import type { JourneyControl } from './deps';
import { Problem } from './http/problems';

export interface TemporalAddress {
  address: string;
  namespace: string;
  apiKey: string | null;
  tls: boolean;
}

/** How long an operator waits for a workflow's word. */
const ANSWER_MS = 8_000;
const PING_MS = 1_000;
/** A call may take its whole time-out. */
const TESTING_MS = 20_000;
/** Time skipping fires every timer on the way and waits for what these cause. */
const SKIPPING_MS = 60_000;

const { FastForwardPollingResult } = temporal.api.enums.v1;

export interface TemporalControl extends JourneyControl {
  close(): Promise<void>;
}

/** Connects when it is first needed: the API starts, and takes events, without Temporal. */
export function createJourneyControl({ address, namespace, apiKey, tls }: TemporalAddress): TemporalControl {
  // Without the SDK's own retries: a caller waits for the answer, and a retry under way when the connection is closed
  // throws where nobody can catch it.
  const options = { address, ...(tls && { tls: true }), ...(apiKey !== null && { apiKey }) };
  const connection = Connection.lazy({ ...options, interceptors: [] });
  const client = new Client({ connection, namespace });
  const asked = <T>(ms: number, ask: () => Promise<T>): Promise<T> =>
    connection.withDeadline(Date.now() + ms, ask).catch((error: unknown) => {
      throw problemOf(error);
    });
  return {
    skip: (workflowId) => asked(ANSWER_MS, () => client.workflow.getHandle(workflowId).executeUpdate(skip)),
    retry: (workflowId) => asked(ANSWER_MS, () => client.workflow.getHandle(workflowId).executeUpdate(retry)),
    fastForward: (workflowId, byMs) => asked(SKIPPING_MS, () => fastForward(client, workflowId, byMs)),
    startJob: (kind, jobId) => asked(ANSWER_MS, () => startJob(client, kind, jobId)),
    testEndpoint: (key) => asked(TESTING_MS, () => testEndpoint(client, key)),
    ping: async () => {
      await asked(PING_MS, () => client.workflowService.describeNamespace({ namespace }));
    },
    close: () => connection.close(),
  };
}

/** A sweep brings back the workflow of a job that is not over, so it may have run before. */
async function startJob(client: Client, kind: JobKind, jobId: string): Promise<void> {
  const { type, options } = jobStart(kind, jobId);
  try {
    await client.workflow.start(type, options);
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

async function testEndpoint(client: Client, key: string): Promise<EndpointTested> {
  const input: EndpointTestInput = { key };
  return client.workflow.execute<(input: EndpointTestInput) => Promise<EndpointTested>>(ENDPOINT_TEST, {
    workflowId: `endpoint-test/${key}/${randomUUID()}`,
    taskQueue: JOURNEYS,
    args: [input],
  });
}

/** Moves one workflow's clock, firing every timer on the way; then time runs normally again. */
async function fastForward(client: Client, workflowId: string, byMs: number): Promise<void> {
  const id = randomUUID();
  const workflow = { namespace: client.options.namespace, workflowExecution: { workflowId } };
  await client.workflowService.updateWorkflowExecutionOptions({
    ...workflow,
    workflowExecutionOptions: {
      timeSkippingConfig: { enabled: true, fastForwardConfig: { id, duration: msToTs(byMs) } },
    },
    updateMask: { paths: ['time_skipping_config'] },
  });
  const done = [
    FastForwardPollingResult.FAST_FORWARD_POLLING_RESULT_FAST_FORWARD_COMPLETED,
    // The workflow ended before the time was over: there is nothing left to skip.
    FastForwardPollingResult.FAST_FORWARD_POLLING_RESULT_FAST_FORWARD_FAILED,
  ];
  for (;;) {
    const answer = await client.workflowService.pollWorkflowExecutionTimeSkipping({ ...workflow, fastForwardId: id });
    if (done.some((result) => result === answer.fastForwardPollingResult)) return;
  }
}

/** gRPC's numbers for what is missing, and for what is not there to be asked. */
const NOT_FOUND = 5;
const UNIMPLEMENTED = 12;

function problemOf(error: unknown): Problem {
  const refusal = error instanceof WorkflowUpdateFailedError ? error.cause : undefined;
  if (refusal instanceof ApplicationFailure) return new Problem('not-allowed-now', refusal.message);
  if (error instanceof WorkflowNotFoundError || grpcCode(error) === NOT_FOUND) {
    return new Problem('not-allowed-now', 'Its workflow is not running.');
  }
  if (grpcCode(error) === UNIMPLEMENTED) {
    return new Problem('not-allowed-now', 'This Temporal server cannot skip time: only a development server can.');
  }
  const slow = error instanceof WorkflowUpdateRPCTimeoutOrCancelledError;
  return new Problem('temporal-away', slow ? 'No worker answered in time.' : 'Try again in a moment.');
}

/** The SDK wraps errors of the connection; the number is on the innermost. */
function grpcCode(error: unknown): number | null {
  if (typeof error !== 'object' || error === null) return null;
  if ('code' in error && typeof error.code === 'number') return error.code;
  return 'cause' in error ? grpcCode(error.cause) : null;
}
