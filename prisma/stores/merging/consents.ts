import { v7 } from 'uuid';
import type { Tx } from '../../client';
import { columnsOf, type JoinRow } from './joining';

interface Withdrawn {
  person: string;
  channel: string;
  topic: string;
}

/**
 * What one record took back last and the other did not is taken back by the person, strictest wins. A row of its own: the
 * ledger is only added to. Call it before the rows change hands.
 */
export async function shareConsents(tx: Tx, joins: readonly JoinRow[], at: Date): Promise<void> {
  const { from, into } = columnsOf(joins);
  const withdrawn = await tx.$queryRaw<Withdrawn[]>`
    with latest as (
      select distinct on (c.contact_id, c.channel, c.topic) j.b, c.channel, c.topic, c.state
      from unnest(${from}::uuid[], ${into}::uuid[]) j(a, b) join consent c on c.contact_id = any(array[j.a, j.b])
      order by c.contact_id, c.channel, c.topic, c.at desc, c.id desc)
    select b as person, channel, topic from latest
    group by b, channel, topic having count(distinct state) > 1`;
  await tx.consent.createMany({
    data: withdrawn.map(({ person: contactId, channel, topic }) => {
      return { id: v7(), contactId, channel, topic, state: 'withdrawn', source: 'merge', at };
    }),
  });
}
