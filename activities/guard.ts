import { activityInfo, ApplicationFailure } from '@temporalio/activity';
import type { Logger } from 'pino';
import type { FailureType } from '../workflows/contract/failures';
import { isDatabaseAway } from '../prisma/database-away';
import { framesOf, nameOf } from './error-name';

/** Errors that are not the database's absence are tried this often, then a person decides. */
const ATTEMPTS = 5;

type Effect<A extends unknown[], R> = (...args: A) => Promise<R>;

/**
 * Gives an effect its failures: a database that is away is retried without end, anything else a few times. What
 * crosses the wire names the error and its code, never its message: that may quote a person.
 */
export function guarded<A extends unknown[], R>(log: Logger, effect: Effect<A, R>): Effect<A, R> {
  return async (...args) => {
    try {
      return await effect(...args);
    } catch (error) {
      const failure = failureOf(error);
      if (failure.type !== 'database-away') report(log, error);
      throw failure;
    }
  };
}

function report(log: Logger, error: unknown): void {
  const { activityType, workflowExecution, attempt } = activityInfo();
  const workflowId = workflowExecution?.workflowId;
  log.error({ activityType, workflowId, attempt, error: nameOf(error), at: framesOf(error) }, 'an effect failed');
}

function failureOf(error: unknown): ApplicationFailure {
  if (error instanceof ApplicationFailure) return error;
  if (isDatabaseAway(error))
    return ApplicationFailure.retryable('the database is away', 'database-away' satisfies FailureType);
  const { attempt } = activityInfo();
  if (attempt < ATTEMPTS) return ApplicationFailure.retryable(nameOf(error), 'effect-failed' satisfies FailureType);
  return ApplicationFailure.nonRetryable(`${nameOf(error)}, ${attempt} times`, 'effect-gave-up' satisfies FailureType);
}
