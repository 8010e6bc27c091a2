import { periodMs } from '../../workflows/domain/timing/duration';
import { invalidField } from './problems';

const MOST_MS = 366 * 86_400_000;

/**
 * Milliseconds of a duration in the body, at most a year.
 * @throws Problem validation-failed, at `path`
 */
export function durationMs(text: string, path: readonly string[]): number {
  const ms = /^[1-9]\d{0,5} (second|minute|hour|day|week)s?$/.test(text) ? periodMs(text) : null;
  if (ms === null || ms > MOST_MS)
    throw invalidField(path, 'A duration such as "5 days" or "90 minutes", at most a year.');
  return ms;
}
