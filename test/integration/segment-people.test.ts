import type { Condition } from '../../workflows/domain/conditions/condition';
import { countPeople, findingOf, findPage, findPeople } from '../../prisma/stores/segment-people';
import { at, fillPeople } from '../support/conditions';
import { freshDatabase, type TestDatabase } from '../support/database';

let database: TestDatabase;
beforeAll(async () => {
  database = await freshDatabase();
  await fillPeople(database.db);
});
afterAll(() => database.drop());

const active: Condition = {
  any: [
    { did: 'activity', within: '30 days' },
    { field: 'targetAccount', is: true },
  ],
};
const find = (condition: Condition = active, q: string | null = null) =>
  findingOf(database.db, condition, { at: new Date(at), q });

/** Pages until the last one. */
async function all(page: (after: string | null) => Promise<{ ids: string[]; next: string | null }>) {
  const found: string[] = [];
  for (let after: string | null = null; ;) {
    const { ids, next } = await page(after);
    found.push(...ids);
    after = next;
    if (after === null) return found;
  }
}

test('pages, lists and counts agree', async () => {
  const finding = await find();
  const found = await all((after) => findPage(database.db, finding, { after, size: 1_000 }));
  expect(found.length).toBeGreaterThan(20);
  expect(found).toEqual([...found].sort().reverse());
  expect(await all((after) => findPage(database.db, finding, { after, size: 2, window: 7 }))).toEqual(found);
  const listed = (withinMs: number) => (after: string | null) =>
    findPeople(database.db, finding, { after, limit: 3, withinMs });
  expect(await all(listed(5_000))).toEqual(found);
  expect(await countPeople(database.db, finding, 5_000)).toEqual({ count: found.length, complete: true });
});

test('what takes too long goes on window by window', async () => {
  const { db } = database;
  // Any statement of a transaction is given up: the windows are no transaction.
  const finding = await find();
  const expected = await countPeople(db, finding, 5_000);
  expect(await countPeople(db, await slow(finding), 1_000)).toEqual(expected);
  const found = await all((after) => findPage(db, finding, { after, size: 1_000 }));
  const hurried = await slow(finding);
  expect(await all((after) => findPeople(db, hurried, { after, limit: 40, withinMs: 1_000 }))).toEqual(found);
});

/** Nothing, to somebody who asks of a few; a second for each contact, to somebody who asks of all. */
async function slow(finding: Awaited<ReturnType<typeof find>>) {
  await database.db.$executeRawUnsafe(`
    create or replace function nurture_decayed(decaying jsonb, since timestamptz, at timestamptz) returns float8 language sql volatile
    as 'select 0::float8 from pg_sleep(case when current_setting(''jit'') = ''off'' then 1 else 0 end)'`);
  const condition: Condition = { all: [finding.condition, { not: { score: 'engagement', atLeast: 1_000 } }] };
  return { ...finding, condition };
}

test('a search narrows what is found', async () => {
  const { ids } = await findPeople(database.db, await find(active, 'person-1'), {
    after: null,
    limit: 50,
    withinMs: 5_000,
  });
  const rows = await database.db.contact.findMany({ where: { id: { in: ids } }, select: { email: true } });
  expect(rows.length).toBeGreaterThan(0);
  expect(rows.every(({ email }) => email?.startsWith('Person-1'))).toBe(true);
});
