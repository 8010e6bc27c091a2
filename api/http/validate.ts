import type { z } from 'zod';
import { Problem, pointerTo, type ProblemItem } from './problems';

/**
 * Parses what came in.
 * @throws Problem validation-failed, with a pointer for each fault
 */
export function validate<T extends z.ZodType>(schema: T, value: unknown, where: 'body' | 'query'): z.output<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const errors = problemItems(result.error.issues, where);
  throw new Problem('validation-failed', undefined, { errors });
}

export function problemItems(issues: readonly z.core.$ZodIssue[], where: 'body' | 'query'): ProblemItem[] {
  return issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys')
      return [{ in: where, pointer: pointerTo(issue.path), detail: issue.message }];
    return issue.keys.map((key) => ({ in: where, pointer: pointerTo([...issue.path, key]), detail: 'Unknown field.' }));
  });
}
