/** What people do to many enrollments at once. */
export const bulkActions = ['retry', 'skip', 'exit', 'pause', 'resume'] as const;
export type BulkAction = (typeof bulkActions)[number];

/** The input of a job of the kind `bulk-action`. */
export interface BulkActionInput {
  action: BulkAction;
  filter: BulkFilter;
  reason: string;
  /** Over how long those who are resumed are let go. */
  spreadSeconds: number;
}

export interface BulkFilter {
  journey?: string | undefined;
  status?: 'active' | 'held' | 'needs_attention' | undefined;
  stepId?: string | undefined;
  version?: number | undefined;
  code?: string | undefined;
  /** ISO date and time: who needs attention, or entered, after it is left alone. */
  before: string;
}
