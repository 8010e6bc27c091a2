import { activityInfo, ApplicationFailure } from '@temporalio/activity';
import type { Logger } from 'pino';
import type { FailureType } from '../workflows/contract/failures';
import { isDatabaseAway } from '../prisma/database-away';
import { framesOf, nameOf } from './error-name';

/** Errors that are not the database's absence are tried this often, then a person decides. */
const ATTEMPTS = 5;
/** Effects whose failures are remembered at once; forgetting some means a few more attempts. */
const REMEMBERED = 10_000;

type Effect<A extends unknown[], R> = (...args: A) => Promise<R>;

/**
 * Gives an effect its failures: a database that is away is retried without end, anything else a few times. What
 * crosses the wire names the error and its code, never its message: that may quote a person.
 */
export function guarded<A extends unknown[], R>(log: Logger, effect: Effect<A, R>): Effect<A, R> {
  const failures = new Failures();
  return async (...args) => {
    const { workflowExecution, activityId, attempt } = activityInfo();
    const key = `${workflowExecution?.runId ?? ''}/${activityId}`;
    try {
      const answer = await effect(...args);
      failures.forget(key);
      return answer;
    } catch (error) {
      const away = isDatabaseAway(error);
      // An outage is everybody's, and said by others; one that lasts for one effect alone is not an outage.
      if (!away || attempt >= ATTEMPTS) report(log, error);
      throw away ? databaseAway() : failureOf(error, failures.count(key));
    }
  };
}

/** How often an effect has failed here for reasons of its own: attempts during an outage do not count. */
class Failures {
  private readonly counts = new Map<string, number>();

  count(key: string): number {
    const count = (this.counts.get(key) ?? 0) + 1;
    if (this.counts.size >= REMEMBERED) this.counts.clear();
    this.counts.set(key, count);
    return count;
  }

  forget(key: string): void {
    this.counts.delete(key);
  }
}

function report(log: Logger, error: unknown): void {
  const { activityType, workflowExecution, attempt } = activityInfo();
  const workflowId = workflowExecution?.workflowId;
  log.error({ activityType, workflowId, attempt, error: nameOf(error), at: framesOf(error) }, 'an effect failed');
}

function databaseAway(): ApplicationFailure {
  return ApplicationFailure.retryable('the database is away', 'database-away' satisfies FailureType);
}

function failureOf(error: unknown, count: number): ApplicationFailure {
  if (error instanceof ApplicationFailure) return error;
  if (count < ATTEMPTS) return ApplicationFailure.retryable(nameOf(error), 'effect-failed' satisfies FailureType);
  return ApplicationFailure.nonRetryable(`${nameOf(error)}, ${count} times`, 'effect-gave-up' satisfies FailureType);
}
