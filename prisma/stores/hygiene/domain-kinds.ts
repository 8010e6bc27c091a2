import { setImmediate } from 'node:timers/promises';
import { isDisposable, isWebmail } from '../../../workflows/domain/people/company-domain';
import type { DbOrTx } from '../../client';
import { Prisma } from '../../generated/client';

/** Of the domains at which contacts have addresses, those of one kind. */
export interface DomainKinds {
  webmail: string[];
  disposable: string[];
}

/** Who has no company by the domain of their address: all with one of a kind are among them. */
export const ofNoDomain = Prisma.sql`c.email is not null
  and (c.company_id is null or c.origins->'companyId'->>'from' = 'group')`;

/** Domains that are looked up at once: whoever else is served by this process waits as long. */
const AT_ONCE = 1_000;

/** The kinds are in lists of this program: the domains come here, a little at a time. */
export async function kindsOfDomains(db: DbOrTx): Promise<DomainKinds> {
  const rows = await db.$queryRaw<{ domain: string }[]>`
    select distinct split_part(c.email, '@', 2) as domain from contact c where ${ofNoDomain}`;
  const kinds: DomainKinds = { webmail: [], disposable: [] };
  for (const [i, { domain }] of rows.entries()) {
    if (i % AT_ONCE === AT_ONCE - 1) await setImmediate();
    if (isWebmail(domain)) kinds.webmail.push(domain);
    if (isDisposable(domain)) kinds.disposable.push(domain);
  }
  return kinds;
}
