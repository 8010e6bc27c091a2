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

const gone = randomUUID();

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
  // A step gave one of them points, and the same record was joined into by another.
  await query(
    url.href,
    `INSERT INTO score_entry (id, contact_id, axis, rule, points, at, journey_key, enrollment_id, visit)
       SELECT '${randomUUID()}', id, 'engagement', 'asked', 30, now() - interval '5 days', 'j', '${randomUUID()}', 1
       FROM contact WHERE email = '${quiet}';
     INSERT INTO contact (id, email, first_name, traits, merged_into)
       SELECT '${gone}', 'gone@before.test', 'Gone', '{"plan": "pro"}', id FROM contact WHERE email = '${quiet}'`,
  );
  expect(await upTo(scoresAndPeople)).toEqual([scoresAndPeople]);
  expect(await query(url.href, `SELECT engagement, tier, stale FROM score_state`)).toEqual([
    { engagement: 30, tier: 'medium', stale: true },
  ]);
  await sayNo();
  await sayYes();
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
  // A decider of the wanted size; the step's points stay.
  expect(people.map((one) => scores.get(one?.id ?? ''))).toMatchObject([
    { fit: 25, engagement: 30, total: 55, tier: 'medium' },
    { fit: 25, engagement: 0, total: 25, tier: 'low' },
  ]);
  expect(await db.contact.findUnique({ where: { id: gone } })).toMatchObject({ firstName: null, traits: {} });
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

const [returned, filed, filedSince] = [randomUUID(), randomUUID(), randomUUID()];

/** Agreed again since: themselves, though it stands at an address of before; and twice by a file, which ends nothing. */
async function sayYes(): Promise<void> {
  const people = [returned, filed, filedSince];
  await query(
    url.href,
    `INSERT INTO contact (id) VALUES ${people.map((id) => `('${id}')`).join(', ')};
     INSERT INTO contact_identity (kind, value, contact_id) VALUES
       ('email', 'returned@no.test', '${returned}'), ('email', 'filed@no.test', '${filed}');
     INSERT INTO suppression (address_hash, channel, scope, reason, at) VALUES
       (address_hash('returned@no.test'), 'email', 'topic:product', 'unsubscribed', '2026-01-01'),
       (address_hash('filed@no.test'), 'email', 'topic:product', 'unsubscribed', '2026-01-01');
     INSERT INTO consent (id, contact_id, topic, state, at)
       VALUES ('${randomUUID()}', '${filedSince}', 'product', 'withdrawn', '2026-01-01');
     WITH told AS (
       INSERT INTO event (origin, message_id, type, keys, bucket, occurred_at, processed, contact_id)
       SELECT CASE id WHEN '${returned}' THEN 'http' ELSE 'import' END, 'yes:' || id, 'contact.identified', '{}', 0,
         '2026-01-02', true, id::uuid FROM unnest(array['${people.join("', '")}']) p(id)
       RETURNING seq, contact_id)
     INSERT INTO consent (id, contact_id, topic, state, at, event_seq)
       SELECT gen_random_uuid(), contact_id, 'product', 'given', '2026-01-02', seq FROM told`,
  );
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
  expect(await Promise.all([returned, filed, filedSince].map(of))).toEqual([[], ['topic:product'], ['topic:product']]);
});
