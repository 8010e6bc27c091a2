import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { msToTs, tsToMs } from '@temporalio/common/lib/time';
import { temporal } from '@temporalio/proto';

const { FastForwardPollingResult: Polled } = temporal.api.enums.v1;

/** The clock of one workflow, in epoch milliseconds. */
export async function clockOf(client: Client, workflowId: string): Promise<number> {
  const answer = await client.workflowService.describeWorkflowExecution({
    namespace: client.options.namespace,
    execution: { workflowId },
  });
  const skipped = answer.workflowExtendedInfo?.timeSkippingInfo?.currentTime;
  return skipped ? tsToMs(skipped) : Date.now();
}

/** Moves one workflow's clock, firing every timer on the way. False if it ended before the time was over. */
export async function skipTime(client: Client, workflowId: string, byMs: number): Promise<boolean> {
  const id = randomUUID();
  const workflow = { namespace: client.options.namespace, workflowExecution: { workflowId } };
  await client.workflowService.updateWorkflowExecutionOptions({
    ...workflow,
    workflowExecutionOptions: {
      timeSkippingConfig: { enabled: true, fastForwardConfig: { id, duration: msToTs(byMs) } },
    },
    updateMask: { paths: ['time_skipping_config'] },
  });
  for (;;) {
    const answer = await client.workflowService.pollWorkflowExecutionTimeSkipping({ ...workflow, fastForwardId: id });
    if (answer.fastForwardPollingResult === Polled.FAST_FORWARD_POLLING_RESULT_FAST_FORWARD_COMPLETED) return true;
    if (answer.fastForwardPollingResult === Polled.FAST_FORWARD_POLLING_RESULT_FAST_FORWARD_FAILED) return false;
  }
}
