import pg from 'pg';
import { createDb, type Db } from '../../prisma/client';
import { countDuplicates, findDuplicates } from '../../prisma/stores/duplicates';
import { countFindings, findContactsBy } from '../../prisma/stores/hygiene/checks';
import { patiently } from '../../prisma/stores/hygiene/patiently';
import { hygieneChecks, type HygieneKey } from '../../workflows/domain/people/hygiene';
import { fillCrowd } from './crowd';
import type { Figure, Ground } from './ground';

const PEOPLE = 1_000_000;
const keys = Object.keys(hygieneChecks) as HygieneKey[]; // the keys of our own table
const rules = ['email', 'phone', 'name-and-company'] as const;

/** What is wrong with a million people, of 50,000 companies and a fifth of them at a webmail provider. */
export async function measureHygiene({ databaseUrl }: Ground): Promise<Figure[]> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  await fillCrowd(client, { people: PEOPLE, eventsEach: 6 });
  await settle(client);
  await client.end();
  const db = createDb(databaseUrl);
  try {
    return await figures(db);
  } finally {
    await db.$disconnect();
  }
}

async function figures(db: Db): Promise<Figure[]> {
  const at = new Date();
  const page = { after: null, limit: 51, at };
  const count = async () => {
    for (const key of keys) await patiently(db, (tx) => countFindings(tx, key, at));
  };
  const pageOf = (key: HygieneKey) => patiently(db, (tx) => findContactsBy(tx, key, page));
  return [
    await timed('the counts of `GET /v1/hygiene`', count),
    await timed('a page of `unclear`, which finds nobody', () => pageOf('unclear')),
    await timed('a page of `disposable`, which finds nobody', () => pageOf('disposable')),
    await timed('a page of `no-country`', () => pageOf('no-country')),
    await timed('the counts of duplicates', async () => {
      for (const rule of rules) await patiently(db, (tx) => countDuplicates(tx, rule));
    }),
    await timed('a page of duplicates by address', () => findDuplicates(db, 'email', { after: null, limit: 50 })),
  ];
}

/** As the pump leaves them: companies by the domains of addresses, what was said of countries beside them. */
async function settle(client: pg.Client): Promise<void> {
  await client.query(`
    update contact set origins = '{"country": {"given": "Germany"}, "companyId": {"from": "domain"}}',
      email = split_part(email, '@', 1) || '@' || case when n % 5 = 0 then 'gmail.com' else 'company-' || n % 50000 || '.test' end,
      company_id = case when n % 5 > 0 then ('01910000-0000-7000-8000-' || lpad(to_hex(n % 50000), 12, '0'))::uuid end
    from (select id as person, split_part(split_part(email, '@', 1), '-', 2)::int as n from contact) x where id = x.person`);
  await client.query(`
    insert into company (id, domain)
    select ('01910000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'company-' || n || '.test'
    from generate_series(0, 49999) n`);
  await client.query('vacuum (analyze, parallel 2) contact');
}

async function timed(what: string, work: () => Promise<unknown>): Promise<Figure> {
  const began = performance.now();
  await work();
  const seconds = (performance.now() - began) / 1000;
  return { what: `1,000,000 people: ${what}`, ours: `${seconds.toFixed(2)} s`, limit: '', share: '', target: '' };
}
