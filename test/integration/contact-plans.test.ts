import { Prisma } from '../../prisma/generated/client';
import type { Tx } from '../../prisma/client';
import { compileCondition } from '../../prisma/stores/conditions/compile';
import { readScoreInputs } from '../../prisma/stores/scores/inputs';
import { readScoredPasts } from '../../prisma/stores/score-trial';
import { lastMailsSql } from '../../prisma/stores/conditions/facts';
import type { Condition } from '../../workflows/domain/conditions/condition';
import { freshDatabase, type TestDatabase } from '../support/database';

let database: TestDatabase;
let ids: string[];

/** As right after a first import or a restore: a table that nothing is known of yet. */
beforeAll(async () => {
  database = await freshDatabase();
  const { db } = database;
  await db.$executeRaw`alter table event set (autovacuum_enabled = false)`;
  await db.$executeRaw`insert into contact (id) select uuidv7() from generate_series(1, 2000)`;
  await db.$executeRaw`
    insert into event (origin, message_id, type, keys, bucket, occurred_at, received_at, processed, turn, contact_id)
    select 'x', 'm' || g, (array['page.viewed', 'form.submitted', 'email.clicked', 'email.sent'])[1 + g % 4], '{}', 0, now(),
      now() - (g * 977 % 25920000) * interval '1 second', true, g, c.id
    from generate_series(1, 40000) g join (select id, row_number() over () n from contact) c on c.n = 1 + g % 2000`;
  ids = (await db.contact.findMany({ take: 250, select: { id: true } })).map(({ id }) => id);
});
afterAll(() => database.drop());

/** How its events are found: the names of the indexes, or that all of them are read. */
async function waysOf(statement: Prisma.Sql): Promise<string[]> {
  const rows = await database.db.$queryRaw<{ 'QUERY PLAN': string }[]>`explain ${statement}`;
  return rows.flatMap((row) => /(event_\w+|Seq Scan on event)\b/.exec(row['QUERY PLAN'])?.[1] ?? []);
}

/** The same of all that is asked through a client; nothing is found. */
async function waysOfAll(ask: (db: Tx) => Promise<unknown>): Promise<string[]> {
  const ways: string[] = [];
  const $queryRaw = async (strings: TemplateStringsArray, ...values: unknown[]) => {
    ways.push(...(await waysOf(Prisma.sql(strings, ...values))));
    return [];
  };
  await ask({ $queryRaw } as unknown as Tx);
  return ways;
}

const byContact = [expect.stringMatching(/^event_contact_id_(turn|received_at)_idx$/)];

const types = ['page.viewed', 'form.submitted', 'email.clicked'];

test('the inputs of scores go by contact', async () => {
  const ways = await waysOfAll((db) => readScoreInputs(db, ids, { types: new Set(types), lasting: [], fit: false }));
  expect(ways).toEqual(byContact);
});

test('the pasts of a trial go by contact', async () => {
  const ways = await waysOfAll((db) => readScoredPasts(db, { contactIds: ids, types, keys: ['path'], most: 1_000 }));
  expect(ways).toEqual(byContact);
});

test('the last mails go by contact', async () => {
  const ways = await waysOf(
    Prisma.sql`select m.* from contact c cross join lateral (${lastMailsSql(Prisma.sql`c.id`, 3)}) m where c.id = any(${ids}::uuid[])`,
  );
  expect(ways).toEqual(byContact);
});

test.each<[string, Condition]>([
  ['once', { did: 'page.viewed' }],
  ['twice', { did: 'page.viewed', times: 2 }],
  ['twice in a week', { did: 'activity', times: 2, within: '1 week' }],
  ['one of two', { any: [{ did: 'page.viewed' }, { field: 'country', is: 'DE' }] }],
])('a few who did it %s go by contact', async (_, condition) => {
  const context = {
    zones: [],
    defaultZone: 'UTC',
    segments: {},
    journeyKey: null,
    at: Date.now(),
    scope: 'few',
  } as const;
  const { joins, holds } = compileCondition(condition, context);
  const ways = await waysOf(
    Prisma.sql`select c.id from contact c ${joins} where c.id = any(${ids}::uuid[]) and ${holds}`,
  );
  expect(ways).toEqual(byContact);
});
