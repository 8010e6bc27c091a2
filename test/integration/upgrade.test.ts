import { randomUUID } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { rescorePage } from '../../activities/jobs/rescore';
import { seedCatalog } from '../../prisma/catalog';
import { createDb, type Db } from '../../prisma/client';
import { applyMigrations } from '../../prisma/migrate';
import { findContact } from '../../prisma/stores/contacts';
import { readScores } from '../../prisma/stores/scores/read';
import { personKey } from '../../workflows/domain/sending/opt-out';
import { setting } from '../support/environment';
import { runPages } from '../support/job-runs';
import { happening, pumped } from '../support/pump';

const migrations = join(__dirname, '../../prisma/migrations');
const init = '20261123000000_init';
const journeyLanguage = '20261123120000_journey_language';
const scoresAndPeople = '20261123180000_scores_and_people';
const barsOfPeople = '20261123210000_bars_of_people';
const some = mkdtempSync(join(tmpdir(), 'nurture-some-'));
const url = new URL(setting('postgres'));
const name = `upgrade_${randomUUID().replaceAll('-', '')}`;
url.pathname = `/${name}`;
let db: Db;

async function query(at: string, sql: string) {
  const client = new pg.Client(at);
  await client.connect();
  try {
    return (await client.query<{ graph: object }>(sql)).rows;
  } finally {
    await client.end();
  }
}

function upTo(migration: string): Promise<string[]> {
  cpSync(join(migrations, migration), join(some, migration), { recursive: true });
  return applyMigrations(url.href, some);
}

beforeAll(async () => {
  await query(setting('postgres'), `CREATE DATABASE ${name} TEMPLATE template0`);
  await upTo(init);
  db = createDb(url.href);
});
afterAll(async () => {
  rmSync(some, { recursive: true });
  await db.$disconnect();
  await query(setting('postgres'), `DROP DATABASE ${name} WITH (FORCE)`);
});

test('versions published before still let people in', async () => {
  const graph = (entries: object[]) => JSON.stringify({ journey: 'a', first: 'done', entries });
  const version = (number: number, entries: object[]) =>
    `('${randomUUID()}', 'a', ${number}, '', '{}', '${graph(entries)}', '')`;
  const form = { event: 'form.submitted', where: { form: 'ebook' } };
  await query(
    url.href,
    `INSERT INTO journey_version (id, journey_key, number, source, document, graph, sha256)
     VALUES ${version(1, [form, { event: 'page.viewed' }])}, ${version(2, [])}`,
  );
  expect(await upTo(journeyLanguage)).toEqual([journeyLanguage]);
  const rows = await query(url.href, 'SELECT graph FROM journey_version ORDER BY number');
  expect(rows.map(({ graph: found }) => found)).toMatchObject([
    {
      first: 'done',
      entries: [
        { kind: 'event', ...form },
        { kind: 'event', event: 'page.viewed' },
      ],
    },
    { entries: [] },
  ]);
});

test('people of before are settled, silently, and scored', async () => {
  const [quiet, busy] = ['quiet@before.test', 'busy@before.test'];
  const values = [quiet, busy].map(
    (email) => `('${randomUUID()}', '${email}', 'VP Sales', '250', 'Germany', '{"plan": "pro"}')`,
  );
  await query(
    url.href,
    `WITH made AS (INSERT INTO contact (id, email, job_title, company_size, country, traits)
       VALUES ${values.join(', ')} RETURNING id, email)
     INSERT INTO contact_identity (kind, value, contact_id) SELECT 'email', email, id FROM made`,
  );
  expect(await upTo(scoresAndPeople)).toEqual([scoresAndPeople]);
  await sayNo();
  expect(await upTo(barsOfPeople)).toEqual([barsOfPeople]);
  await seedCatalog(db, { publish: false });
  // The pump counts one of them before the job comes to them.
  const keys = [`email:${busy}`];
  await pumped(db, [happening('page.viewed', { keys, properties: { path: '/' } })]);
  const { id: job } = await db.job.findFirstOrThrow({ where: { kind: 'rescore' } });
  const told = await db.event.count();
  expect(await runPages(db, rescorePage, { job })).toMatchObject({ state: 'done' });
  expect(await db.event.count()).toBe(told);
  const people = await Promise.all([quiet, busy].map((email) => findContact(db, 'email', email)));
  const company = await db.companyKey.findUniqueOrThrow({
    where: { kind_value: { kind: 'domain', value: 'before.test' } },
  });
  for (const one of people)
    expect(one).toMatchObject({
      fields: { seniority: 'vp', department: 'sales', country: 'DE', companySize: '201-500', traits: { plan: 'pro' } },
      origins: { country: { given: 'Germany' }, companyId: { from: 'domain' } },
      companyId: company.companyId,
    });
  const scores = await readScores(
    db,
    people.map((one) => one?.id ?? ''),
  );
  const fits = [...scores.values()].map(({ fit }) => fit);
  expect(fits).toHaveLength(2);
  expect(fits[0]).toBeGreaterThan(0);
  expect(fits[1]).toBe(fits[0]);
});

const [unsubscribed, bounced, silent, back] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];

/** By an address, by one that has bounced since, in the ledger alone, and taken back. */
async function sayNo(): Promise<void> {
  const addresses = { [unsubscribed]: 'a@no.test', [bounced]: 'b@no.test', [silent]: null, [back]: 'd@no.test' };
  for (const [id, email] of Object.entries(addresses))
    await query(
      url.href,
      `INSERT INTO contact (id, email) VALUES ('${id}', ${email === null ? 'NULL' : `'${email}'`})`,
    );
  await query(
    url.href,
    `INSERT INTO suppression (address_hash, channel, scope, reason) VALUES
       (address_hash('a@no.test'), 'email', 'topic:education', 'unsubscribed'), (address_hash('b@no.test'), 'email', 'global', 'bounced')`,
  );
  const ledger = [
    [bounced, '*', 'withdrawn', 1],
    [silent, 'product', 'withdrawn', 1],
    [back, 'product', 'withdrawn', 1],
    [back, 'product', 'given', 2],
  ].map(([id, topic, state, day]) => `('${randomUUID()}', '${id}', '${topic}', '${state}', '2026-01-0${day}')`);
  await query(url.href, `INSERT INTO consent (id, contact_id, topic, state, at) VALUES ${ledger.join(', ')}`);
}

test('what people said no to is theirs', async () => {
  const of = async (id: string) =>
    (await db.suppression.findMany({ where: { addressHash: personKey(id) } })).map(({ scope }) => scope);
  expect(await Promise.all([unsubscribed, bounced, silent, back].map(of))).toEqual([
    ['topic:education'],
    ['global'],
    ['topic:product'],
    [],
  ]);
});
