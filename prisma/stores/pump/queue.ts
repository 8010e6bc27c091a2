import type { DbOrTx } from '../../client';

/** When the oldest event was received that waits for the pump, epoch milliseconds; null where none does. */
export async function oldestWaiting(db: DbOrTx): Promise<number | null> {
  const [row] = await db.$queryRaw<{ receivedAt: Date }[]>`
    select received_at as "receivedAt" from event where not processed and error is null order by seq limit 1`;
  return row?.receivedAt.getTime() ?? null;
}

/** Those of these contacts of whom something waits for the pump, beside the turns of watches. */
export async function whoWaits(db: DbOrTx, contactIds: readonly string[]): Promise<Set<string>> {
  if (contactIds.length === 0) return new Set();
  const rows = await db.$queryRaw<{ id: string }[]>`
    select c.id from unnest(${[...contactIds]}::uuid[]) c(id)
    where exists (select from event e
      where not e.processed and e.error is null
        and e.type not in ('segment.entered', 'segment.left', 'journey.requested')
        and e.keys && (array['contact:' || c.id]
          || array(select i.kind || ':' || i.value from contact_identity i where i.contact_id = c.id)))`;
  return new Set(rows.map(({ id }) => id));
}

/** What the database's clock says, epoch milliseconds. */
export async function clockOf(db: DbOrTx): Promise<number> {
  const [row] = await db.$queryRaw<{ now: number }[]>`
    select floor(extract(epoch from clock_timestamp()) * 1000)::float8 as now`;
  return row?.now ?? Date.now();
}
