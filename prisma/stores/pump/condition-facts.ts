import type { MailFact } from '../../../workflows/domain/conditions/condition';
import { Prisma } from '../../generated/client';
import type { DbOrTx } from '../../client';
import { personKeySql } from '../addresses';
import { lastMailsSql } from '../conditions/facts';

export interface MailRow extends MailFact {
  contactId: string;
  sendId: string;
}

/** The last mails that these contacts were sent, the newest first, with what people did with them. */
export function readLastMails(db: DbOrTx, contactIds: readonly string[], count: number): Promise<MailRow[]> {
  return db.$queryRaw<MailRow[]>`
    select c.id as "contactId", m.id as "sendId", m.opened, m.clicked
    from unnest(${contactIds}::uuid[]) c(id) cross join lateral (${lastMailsSql(Prisma.sql`c.id`, count)}) m
    order by c.id, m.claimed_at desc, m.id desc`;
}

export interface OptOutRow {
  contactId: string;
  scope: string;
}

/** What these contacts, or their addresses, are opted out of: `global`, `topic:<key>`. */
export function readOptOuts(db: DbOrTx, contactIds: readonly string[]): Promise<OptOutRow[]> {
  return db.$queryRaw<OptOutRow[]>`
    select distinct c.id as "contactId", s.scope
    from contact c join suppression s on s.address_hash in (${personKeySql(Prisma.sql`c.id`)}, address_hash(c.email)) and s.channel = 'email'
    where c.id = any(${contactIds}::uuid[])
    order by c.id, s.scope`;
}
