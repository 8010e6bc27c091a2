/** Work on many people: each kind is a workflow that goes through its pages. The row in `job` says how far it is. */
export const jobWorkflows = {
  'bulk-action': 'bulkAction',
  'enroll-many': 'enrollMany',
  move: 'movePeople',
} as const;

export type JobKind = keyof typeof jobWorkflows;

/** Everything else is read from the job's row by its activities. */
export interface JobInput {
  jobId: string;
}

export function jobWorkflowId(kind: JobKind, jobId: string): string {
  return `job/${kind}/${jobId}`;
}
