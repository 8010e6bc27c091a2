import type { MailFact } from '../../../workflows/domain/conditions/condition';
import type { DbOrTx } from '../../client';

export interface MailRow extends MailFact {
  contactId: string;
  sendId: string;
}

/** The last mails that these contacts were sent, the newest first, with what people did with them. */
export function readLastMails(db: DbOrTx, contactIds: readonly string[], count: number): Promise<MailRow[]> {
  return db.$queryRaw<MailRow[]>`
    select c.id as "contactId", s.id as "sendId", coalesce(d.opened or d.clicked, false) as opened,
           coalesce(d.clicked, false) as clicked
    from unnest(${contactIds}::uuid[]) c(id)
    cross join lateral (
      select s.id, s.claimed_at from send s
      where s.contact_id = c.id and s.channel = 'email' and s.class <> 'internal'
        and s.claimed_at is not null and s.state in ('accepted', 'delivered')
      order by s.claimed_at desc, s.id desc limit ${count}::int) s
    left join lateral (
      select bool_or(e.type = 'email.opened') as opened, bool_or(e.type = 'email.clicked') as clicked
      from event e
      where e.contact_id = c.id and e.send_id = s.id and e.processed and e.received_at >= s.claimed_at - interval '1 day'
        and e.type in ('email.opened', 'email.clicked') and e.properties->'machine' is distinct from 'true'::jsonb) d on true
    order by c.id, s.claimed_at desc, s.id desc`;
}

export interface OptOutRow {
  contactId: string;
  scope: string;
}

/** What the addresses of these contacts are opted out of: `global`, `topic:<key>`. */
export function readOptOuts(db: DbOrTx, contactIds: readonly string[]): Promise<OptOutRow[]> {
  return db.$queryRaw<OptOutRow[]>`
    select c.id as "contactId", s.scope
    from contact c join suppression s on s.address_hash = address_hash(c.email) and s.channel = 'email'
    where c.id = any(${contactIds}::uuid[]) and c.email is not null
    order by c.id, s.scope`;
}
