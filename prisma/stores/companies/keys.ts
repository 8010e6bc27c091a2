import type { DbOrTx } from '../../client';

/** `domain:acme.test`, `group:42`. */
export type CompanyKey = string;

/** The companies that these keys name; those of nobody are missing. */
export async function readCompanyKeys(db: DbOrTx, keys: readonly CompanyKey[]): Promise<Map<CompanyKey, string>> {
  if (keys.length === 0) return new Map();
  const split = keys.map(splitKey);
  const rows = await db.$queryRaw<{ key: string; companyId: string }[]>`
    select k.kind || ':' || k.value as key, k.company_id as "companyId"
    from unnest(${split.map(([kind]) => kind)}::text[], ${split.map(([, value]) => value)}::text[]) x(kind, value)
    join company_key k on k.kind = x.kind and k.value = x.value`;
  return new Map(rows.map(({ key, companyId }) => [key, companyId]));
}

/**
 * A company for each of these domains that names none yet, in one statement. Where somebody else makes the same at the same
 * time, the first one stays.
 */
export async function createCompaniesByDomain(
  db: DbOrTx,
  rows: readonly { domain: string; id: string }[],
): Promise<void> {
  if (rows.length === 0) return;
  await db.$executeRaw`
    with won as (
      insert into company_key (kind, value, company_id)
      select 'domain', x.domain, x.id
      from unnest(${rows.map(({ domain }) => domain)}::text[], ${rows.map(({ id }) => id)}::uuid[]) x(domain, id)
      order by x.domain collate "C"
      on conflict (kind, value) do nothing
      returning value, company_id)
    insert into company (id, domain) select company_id, value from won`;
}

/** Gives keys to a company, in sorted order. Answers those that it has now; the others are somebody else's. */
export async function giveCompanyKeys(
  db: DbOrTx,
  companyId: string,
  keys: readonly CompanyKey[],
): Promise<Set<CompanyKey>> {
  const split = [...keys].sort().map(splitKey);
  await db.$executeRaw`
    insert into company_key (kind, value, company_id)
    select kind, value, ${companyId}::uuid
    from unnest(${split.map(([kind]) => kind)}::text[], ${split.map(([, value]) => value)}::text[]) x(kind, value)
    on conflict (kind, value) do nothing`;
  const owners = await readCompanyKeys(db, keys);
  return new Set(keys.filter((key) => owners.get(key) === companyId));
}

function splitKey(key: CompanyKey): [kind: string, value: string] {
  const colon = key.indexOf(':');
  return [key.slice(0, colon), key.slice(colon + 1)];
}
