import { inTransaction, type Db, type DbOrTx, type Tx } from '../../client';
import { insertNews, readMembers, type CompanyNews } from './members';

interface Spread extends CompanyNews {
  after: string | null;
  stop: string | null;
  wrapped: boolean;
}

/**
 * Leaves a change to be told page by page. Where one is being told already, the ring is gone round once more from where it
 * stands, so that everybody hears of the newest, however often a company changes; what had changed before counts too.
 */
export async function beginSpread(tx: Tx, { companyId, revision, changed, hops }: CompanyNews): Promise<void> {
  await tx.$executeRaw`
    insert into company_spread as s (company_id, revision, changed, hops)
    values (${companyId}::uuid, ${revision}::int, ${[...changed]}::text[], ${hops}::int)
    on conflict (company_id) do update set
      revision = excluded.revision, hops = greatest(s.hops, excluded.hops), stop = s.after, wrapped = false,
      changed = array(select distinct name from unnest(s.changed || excluded.changed) name order by name)`;
}

/** Takes back what is left to be told: whoever does tells everybody, of these changes too. */
export async function endSpread(tx: Tx, companyId: string): Promise<Pick<CompanyNews, 'changed' | 'hops'> | undefined> {
  const [row] = await tx.$queryRaw<{ changed: string[]; hops: number }[]>`
    delete from company_spread where company_id = ${companyId}::uuid returning changed, hops`;
  return row;
}

export async function isSpreading(db: DbOrTx): Promise<boolean> {
  return (await db.companySpread.findFirst({ select: { companyId: true } })) !== null;
}

/**
 * Tells the next page of members of the company that has waited longest, and writes how far it is, in one transaction.
 * Answers how many were told; null where there is nothing to do, or others are at it.
 */
export function spreadPage(db: Db, pageSize: number): Promise<number | null> {
  return inTransaction(db, async (tx) => {
    const [spread] = await tx.$queryRaw<Spread[]>`
      select company_id as "companyId", revision, changed, hops, after, stop, wrapped from company_spread
      order by told_at, company_id limit 1 for update skip locked`;
    if (!spread) return null;
    const { companyId, after, stop, wrapped } = spread;
    const upTo = wrapped ? stop : null;
    const members = await readMembers(tx, companyId, { after, upTo, limit: pageSize });
    await insertNews(tx, spread, members);
    await moveOn(tx, spread, members.length < pageSize ? null : (members.at(-1) ?? null));
    return members.length;
  });
}

/** `last` is null at the end of the ids, or of the ring: from there it goes on at their start, or is over. */
async function moveOn(tx: Tx, { companyId, stop, wrapped }: Spread, last: string | null): Promise<void> {
  if (last === null && (wrapped || stop === null)) await endSpread(tx, companyId);
  else
    await tx.$executeRaw`
      update company_spread set after = ${last}::uuid, wrapped = wrapped or ${last === null}, told_at = clock_timestamp()
      where company_id = ${companyId}::uuid`;
}
