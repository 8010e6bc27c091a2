import { proxyActivities } from '@temporalio/workflow';
import type { EndpointActivities, EndpointTested, EndpointTestInput } from './contract/endpoint-test';
import { DELIVERY } from './contract/task-queues';

const { callEndpoint } = proxyActivities<EndpointActivities>({
  taskQueue: DELIVERY,
  startToCloseTimeout: '15 s',
  scheduleToCloseTimeout: '20 s',
  retry: { maximumAttempts: 1 },
});

/** Calls an endpoint once and tells what it answered. */
export async function testEndpoint(input: EndpointTestInput): Promise<EndpointTested> {
  return callEndpoint(input);
}
