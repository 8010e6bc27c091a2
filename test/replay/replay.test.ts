import { DeterminismViolationError } from '@temporalio/workflow';
import { bundleWorkflowCode, DefaultLogger, Worker, type ReplayWorkerOptions } from '@temporalio/worker';
import { join } from 'node:path';
import { ensureBundle } from '../../activities/build-bundle';
import { historyFromText, recordedNames, recordedText } from './histories';
import { scenarios } from './scenarios';

const names = recordedNames();
const replay = (name: string, workflowBundle: ReplayWorkerOptions['workflowBundle']) =>
  Worker.runReplayHistory({ workflowBundle }, historyFromText(recordedText(name)), `${name}/${name}`);

test('there is a history for every scenario', () => {
  expect(Object.keys(scenarios).filter((name) => !names.includes(name))).toEqual([]);
});

test.each(names)('%s replays', async (name) => {
  await replay(name, { codePath: await ensureBundle() });
});

test('a changed workflow is found out', async () => {
  const workflowsPath = join(__dirname, 'changed-journey.ts');
  const changed = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
  await expect(replay('winner', changed)).rejects.toThrow(DeterminismViolationError);
}, 60_000);

test.each(names)('%s holds ids, no words and no addresses', (name) => {
  const text = recordedText(name).replaceAll('@temporalio/worker@', '');
  const payloads = [...text.matchAll(/"data":"([^"]*)"/g)].map(([, data = '']) =>
    Buffer.from(data, 'base64').toString(),
  );
  expect(payloads.some((payload) => payload.includes('enrollmentId'))).toBe(true);
  for (const each of [text, ...payloads]) {
    expect(each).not.toMatch(/@|wilhelmina|example\.|<p>|Better now/i);
  }
});
