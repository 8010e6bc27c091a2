import { WorkflowUpdateRPCTimeoutOrCancelledError, type Client } from '@temporalio/client';
import { askRun, NO_ANSWER } from '../../../activities/jobs/ask-run';
import { skip } from '../../../workflows/contract/messages';

/** A Temporal whose run never answers, and which does so itself or not. */
function silent(ping: () => Promise<object>): Client {
  const executeUpdate = () => Promise.reject(new WorkflowUpdateRPCTimeoutOrCancelledError('late'));
  return {
    workflow: { getHandle: () => ({ executeUpdate }) },
    workflowService: { getSystemInfo: ping },
    withDeadline: <T>(_at: number, fn: () => Promise<T>) => fn(),
  } as unknown as Client;
}

const asked = { workflowId: 'j/1', update: skip };

test('a run that does not answer is said so', async () => {
  expect(
    await askRun(
      silent(() => Promise.resolve({})),
      asked,
    ),
  ).toBe(NO_ANSWER);
});

test('where Temporal is away everybody waits', async () => {
  const away = silent(() => Promise.reject(new Error('unavailable')));
  await expect(askRun(away, asked)).rejects.toMatchObject({ type: 'temporal-away', nonRetryable: false });
});
