import { z } from 'zod';
import { Problem } from './problems';

/** Spread into a strict query object: `z.strictObject({ ...pageQuery, state: … })`. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(200).default(50).meta({ description: '1–200' }),
  cursor: z.string().max(500).optional().meta({ description: '`next` of the page before' }),
};

/** Where a page starts and how many rows it has. */
export interface PageRequest {
  limit: number;
  /** The last key of the page before, decoded; null on the first page. */
  after: string | null;
}

export interface Page<T> {
  data: T[];
  next: string | null;
}

export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ data: z.array(item), next: z.string().nullable() });
}

/**
 * Reads limit and cursor. `key` checks the decoded key, such as a UUID.
 * @throws Problem validation-failed
 */
export function readPage(
  query: { limit: number; cursor?: string | undefined },
  key: RegExp,
  where: 'query' | 'body' = 'query',
): PageRequest {
  if (query.cursor === undefined) return { limit: query.limit, after: null };
  const decoded = Buffer.from(query.cursor, 'base64url').toString();
  if (!key.test(decoded) || encode(decoded) !== query.cursor) {
    const errors = [{ in: where, pointer: '#/cursor', detail: 'This is not a cursor of this list.' }];
    throw new Problem('validation-failed', undefined, { errors });
  }
  return { limit: query.limit, after: decoded };
}

/** Stores fetch `limit + 1` rows: the one too many says that there is a next page. */
export function toPage<T>(rows: readonly T[], limit: number, keyOf: (row: T) => string): Page<T> {
  const data = rows.slice(0, limit);
  const last = data.at(-1);
  return { data, next: rows.length > limit && last !== undefined ? encode(keyOf(last)) : null };
}

export const uuidKey = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** Of a bigint. */
export const numberKey = /^\d{1,18}$/;
/** Of an int, as versions are counted by. */
export const versionKey = /^\d{1,9}$/;

/** The cursor that leads on behind this key. */
export function cursorOf(key: string): string {
  return encode(key);
}

function encode(key: string): string {
  return Buffer.from(key).toString('base64url');
}
