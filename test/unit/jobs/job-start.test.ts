import { jobStart, jobWorkflows, type JobKind } from '../../../workflows/contract/jobs';

const kinds = Object.keys(jobWorkflows) as JobKind[];

test('a job starts under its own id', () => {
  expect(jobStart('move', '7')).toEqual({
    type: 'movePeople',
    options: { workflowId: 'job/move/7', taskQueue: 'journeys', args: [{ jobId: '7' }] },
  });
  expect(new Set(kinds.map((kind) => jobStart(kind, '7').options.workflowId)).size).toBe(kinds.length);
});
