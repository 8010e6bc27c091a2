import { MAX_HOPS } from '../../../workflows/domain/hops';
import type { DbOrTx } from '../../client';
import { isProcessed } from '../processed';

/** How many events a transaction reads that others wait for: of one contact, and of all of them. */
export interface Budget {
  each: number;
  all: number;
}

/** Nobody waits for those who did more than people do. */
export const budget: Budget = { each: 1_000, all: 20_000 };

/** Those whose history does not fit; the first of them come first. */
export async function beyond(
  db: DbOrTx,
  contactIds: readonly string[],
  { types, budget: { each, all } }: { types: ReadonlySet<string>; budget: Budget },
): Promise<Set<string>> {
  const sizes = await historySizes(db, contactIds, { types, most: each + 1 });
  let left = all;
  return new Set(
    contactIds.filter((id) => {
      const events = sizes.get(id) ?? 0;
      if (events > each || events > left) return true;
      left -= events;
      return false;
    }),
  );
}

/** How many events of these types they have; of more than `most` they have `most`. */
export async function historySizes(
  db: DbOrTx,
  contactIds: readonly string[],
  { types, most }: { types: ReadonlySet<string>; most: number },
): Promise<Map<string, number>> {
  if (contactIds.length === 0 || types.size === 0) return new Map();
  const rows = await db.$queryRaw<{ id: string; events: number }[]>`
    select p.id, (select count(*)::int from (
        select from event e
        where e.contact_id = p.id and ${isProcessed} and e.type = any(${[...types]}::text[]) and e.hops <= ${MAX_HOPS}::int
        limit ${most}::int) own) as events
    from unnest(${contactIds}::uuid[]) p(id)`;
  return new Map(rows.map(({ id, events }) => [id, events]));
}
