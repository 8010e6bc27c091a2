import { bucketOf } from '../../bucket';
import type { Tx } from '../../client';
import { insertInside } from '../pump/events';

/** One statement's worth. */
const AT_ONCE = 5_000;

export interface CompanyNews {
  companyId: string;
  /** Of the company after the change. */
  revision: number;
  /** Names of fields: the values are in the company. */
  changed: readonly string[];
  /** Of the event that follows for each contact. */
  hops: number;
}

/** Tells of a change by one `company.updated` for each contact of the company, in the transaction that writes it. */
export async function tellMembers(tx: Tx, { companyId, revision, changed, hops }: CompanyNews): Promise<number> {
  const members = await tx.$queryRaw<{ id: string }[]>`
    select c.id from contact c
    where c.company_id in (select id from company where id = ${companyId}::uuid or merged_into = ${companyId}::uuid)
      and c.erased_at is null and c.merged_into is null
    order by c.id`;
  const rows = members.map(({ id }) => ({
    ...{ type: 'company.updated', contactId: id, bucket: bucketOf(`contact:${id}`), hops },
    messageId: `company.updated:${id}:${companyId}:${revision}`,
    properties: { companyId, changed: [...changed] },
  }));
  for (let i = 0; i < rows.length; i += AT_ONCE) await insertInside(tx, rows.slice(i, i + AT_ONCE));
  return rows.length;
}
