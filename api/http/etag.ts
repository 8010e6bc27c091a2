import type { IncomingHttpHeaders } from 'node:http';
import { Problem } from './problems';

/** A revision as an entity tag. */
export function etagOf(revision: number): string {
  return `"${revision}"`;
}

/**
 * The revision that If-Match asks for; null when anything will do.
 * `expectedRevision` goes to the store, which compares it under its lock.
 * @throws Problem precondition-failed for a tag that was never ours
 */
export function expectedRevision(headers: IncomingHttpHeaders): number | null {
  const tag = headers['if-match']?.trim();
  if (tag === undefined || tag === '*') return null;
  const revision = /^(?:W\/)?"(\d{1,9})"$/.exec(tag)?.[1];
  if (revision === undefined) throw changedMeanwhile();
  return Number(revision);
}

export function changedMeanwhile(): Problem {
  return new Problem('precondition-failed', 'The ETag in If-Match is not the present one. Read again and repeat.');
}
