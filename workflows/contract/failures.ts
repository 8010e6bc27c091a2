/** `type` of the ApplicationFailures that cross the wire, and whether Temporal may try again. */
export const failures = {
  /** The database is away: retried without end. */
  'database-away': { retryable: true },
  /** Anything else that an effect did not expect: a few attempts, then the visit needs attention. */
  'effect-failed': { retryable: true },
  /** The same, after the last attempt. */
  'effect-gave-up': { retryable: false },
  /** An update that is not allowed in the present phase. */
  'not-allowed-now': { retryable: false },
} satisfies Record<string, { retryable: boolean }>;

export type FailureType = keyof typeof failures;
