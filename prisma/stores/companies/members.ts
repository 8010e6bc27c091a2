import { Prisma } from '../../generated/client';
import { bucketOf } from '../../bucket';
import type { DbOrTx, Tx } from '../../client';
import { insertInside } from '../pump/events';

export interface CompanyNews {
  companyId: string;
  /** Of the company after the change. */
  revision: number;
  /** Names of fields: the values are in the company. */
  changed: readonly string[];
  /** Of the event that follows for each contact. */
  hops: number;
}

export interface MembersPage {
  after?: string | null;
  upTo?: string | null;
  limit: number;
}

/** Ids of contacts of a company, and of those that turned out to be it: in their order, above `after`, up to `upTo`. */
export async function readMembers(
  db: DbOrTx,
  companyId: string,
  { after = null, upTo = null, limit }: MembersPage,
): Promise<string[]> {
  const above = after === null ? Prisma.empty : Prisma.sql`and c.id > ${after}::uuid`;
  const below = upTo === null ? Prisma.empty : Prisma.sql`and c.id <= ${upTo}::uuid`;
  // One company after the other: each page is a range of the index, however many members there are.
  const rows = await db.$queryRaw<{ id: string }[]>`
    select m.id from company k
    cross join lateral (
      select c.id from contact c
      where c.company_id = k.id and c.erased_at is null and c.merged_into is null ${above} ${below}
      order by c.id limit ${limit}::int) m
    where k.id = ${companyId}::uuid or k.merged_into = ${companyId}::uuid
    order by m.id limit ${limit}::int`;
  return rows.map(({ id }) => id);
}

/** One `company.updated` for each of these contacts; one that is there already stays as it is. */
export async function insertNews(tx: Tx, news: CompanyNews, members: readonly string[]): Promise<void> {
  const { companyId, revision, changed, hops } = news;
  const rows = members.map((id) => ({
    ...{ type: 'company.updated', contactId: id, bucket: bucketOf(`contact:${id}`), hops },
    messageId: `company.updated:${id}:${companyId}:${revision}`,
    properties: { companyId, changed: [...changed] },
  }));
  await insertInside(tx, rows);
}
