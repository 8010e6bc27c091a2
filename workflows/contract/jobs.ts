import { JOURNEYS } from './task-queues';

/** Work on many people: each kind is a workflow that goes through its pages. The row in `job` says how far it is. */
export const jobWorkflows = {
  'bulk-action': 'bulkAction',
  'enroll-many': 'enrollMany',
  move: 'movePeople',
  import: 'importContacts',
  rescore: 'rescore',
  'score-trial': 'tryScoreModel',
  'merge-duplicates': 'mergeDuplicates',
  enrich: 'enrichCompanies',
} as const;

export type JobKind = keyof typeof jobWorkflows;

/** Everything else is read from the job's row by its activities. */
export interface JobInput {
  jobId: string;
}

export function jobWorkflowId(kind: JobKind, jobId: string): string {
  return `job/${kind}/${jobId}`;
}

/** What Temporal is asked for, whoever asks: `client.workflow.start(type, options)`. */
export function jobStart(kind: JobKind, jobId: string) {
  const input: JobInput = { jobId };
  return {
    type: jobWorkflows[kind],
    options: { workflowId: jobWorkflowId(kind, jobId), taskQueue: JOURNEYS, args: [input] },
  };
}

export type JobPageAnswer =
  | { kind: 'over' }
  /** There is more to do, after so many milliseconds. */
  | { kind: 'more'; afterMs: number };

/** Activities of the queue `journeys`. */
export interface JobActivities {
  /** Does the next page of a job, whatever its kind. A page that was done is not done again. */
  jobPage(input: JobInput): Promise<JobPageAnswer>;
  /** Ends a job that cannot go on. */
  failJob(input: JobInput & { error: string }): Promise<void>;
}
