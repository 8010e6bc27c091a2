import {
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type Client,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { MoveOrder } from '../../workflows/contract/effects';
import type { move, skip } from '../../workflows/contract/messages';

/** How long a workflow's word is waited for. */
const ANSWER_MS = 8_000;
/** Temporal itself answers at once, or is away. */
const PING_MS = 3_000;

/** What is said where Temporal is there and this one run is not: its workflow fails, or its workers are too busy. */
export const NO_ANSWER = 'Its workflow does not answer.';

export type Asking = {
  workflowId: string;
  /** The same id asks the same run once, however often it is sent. */
  updateId?: string;
} & ({ update: typeof skip } | { update: typeof move; args: [MoveOrder] });

/**
 * Asks a run for something by an update that it validates. Answers why it refused, or null; `NO_ANSWER` may have been
 * heard all the same. Throws when Temporal is away.
 */
export async function askRun(client: Client, { workflowId, updateId, ...asked }: Asking): Promise<string | null> {
  try {
    const handle = client.workflow.getHandle(workflowId);
    const options = { ...(updateId !== undefined && { updateId }) };
    await client.withDeadline(Date.now() + ANSWER_MS, () =>
      'args' in asked
        ? handle.executeUpdate(asked.update, { ...options, args: asked.args })
        : handle.executeUpdate(asked.update, options),
    );
    return null;
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure)
      return error.cause.message;
    if (error instanceof WorkflowNotFoundError) return 'Its workflow is not running.';
    // One broken run must not keep a job from everybody else.
    if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError && (await isThere(client))) return NO_ANSWER;
    throw temporalAway('Temporal is away');
  }
}

async function isThere(client: Client): Promise<boolean> {
  const ping = () => client.workflowService.getSystemInfo({});
  return client.withDeadline(Date.now() + PING_MS, ping).then(
    () => true,
    () => false,
  );
}

export function temporalAway(why: string): ApplicationFailure {
  return ApplicationFailure.retryable(why, 'temporal-away');
}
