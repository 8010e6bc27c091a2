import type { DbOrTx } from '../client';

/** A browser, and the contact whose it may be. */
export interface Browser {
  contactId: string;
  /** `anonymous:<id>`. */
  key: string;
}

/** Those of these browsers that came by a link in a mail to the contact: whoever sits there reads their mail. */
export function readRecognised(db: DbOrTx, browsers: readonly Browser[]): Promise<Browser[]> {
  return db.$queryRaw<Browser[]>`
    select distinct b.id as "contactId", b.key
    from unnest(${browsers.map(({ contactId }) => contactId)}::uuid[], ${browsers.map(({ key }) => key)}::text[]) b(id, key)
    join event e on e.contact_id = b.id and e.type = 'contact.recognised' and e.processed and b.key = any(e.keys)`;
}
