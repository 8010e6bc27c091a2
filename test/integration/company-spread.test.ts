import { randomUUID } from 'node:crypto';
import { startPump } from '../../activities/pump/start-pump';
import { spreadRound } from '../../activities/pump/spread-companies';
import { inTransaction } from '../../prisma/client';
import { mergeCompanies } from '../../prisma/stores/companies/merge';
import { patchCompany } from '../../prisma/stores/companies/patch';
import { acceptEvents } from '../../prisma/stores/events';
import { freshDatabase, type TestDatabase } from '../support/database';
import { poll } from '../support/poll';
import { FakeTemporal, happening, pumped, silent } from '../support/pump';

let database: TestDatabase;
beforeEach(async () => {
  database = await freshDatabase();
});
afterEach(() => database.drop());

const MEMBERS = 3_000;
const plenty = 1_000_000;

async function companyOf(domain: string, members: number): Promise<string> {
  const id = randomUUID();
  await database.db.company.create({ data: { id, domain } });
  await database.db.companyKey.create({ data: { kind: 'domain', value: domain, companyId: id } });
  await join(id, members);
  return id;
}
async function join(companyId: string, members: number): Promise<void> {
  await database.db.$executeRaw`
    insert into contact (id, company_id) select gen_random_uuid(), ${companyId}::uuid from generate_series(1, ${members}::int)`;
}
const patch = (id: string, fields: { [name: string]: string }) =>
  patchCompany(database.db, id, { fields, traits: {}, expected: null });
const merge = (from: string, into: string) =>
  inTransaction(database.db, (tx) => mergeCompanies(tx, { from, into, hops: 1 }));
const spread = ({ pageSize = 200, backlog = plenty } = {}) =>
  spreadRound({ db: database.db, pageSize, backlog }, () => undefined);
/** Until everybody is told. */
async function spreadAll(): Promise<void> {
  while ((await spread()) !== 'idle');
}
const left = () => database.db.companySpread.count();
/** How many events tell of each revision, and how many contacts they are of. */
const told = () =>
  database.db.$queryRaw<{ revision: number; events: number; contacts: number }[]>`
    select split_part(message_id, ':', 4)::int as revision, count(*)::int as events,
           count(distinct keys)::int as contacts
    from event where type = 'company.updated' group by 1 order by 1`;
const waiting = () => database.db.event.count({ where: { processed: false } });
/** How many contacts have each industry and name. */
const shown = () =>
  database.db.$queryRaw<{ industry: string | null; company: string | null; contacts: number }[]>`
    select industry, company, count(*)::int as contacts from contact group by 1, 2 order by 3 desc`;

test('few are told with the change itself', async () => {
  const id = await companyOf('small.test', 200);
  await patch(id, { industry: 'SaaS' });
  expect([await waiting(), await left()]).toEqual([200, 0]);
});

test('many are told in pages, each once', async () => {
  const id = await companyOf('large.test', MEMBERS);
  await patch(id, { industry: 'SaaS' });
  expect([await waiting(), await left()]).toEqual([0, 1]);
  expect(await spread()).toBe('idle');
  expect([await told(), await left()]).toEqual([[{ revision: 2, events: MEMBERS, contacts: MEMBERS }], 0]);
  await pumped(database.db);
  expect(await shown()).toEqual([{ industry: 'saas', company: null, contacts: MEMBERS }]);
});

test('a group of many does not hold up others', async () => {
  const id = await companyOf('group.test', MEMBERS);
  const named = (email: string, traits = {}) =>
    happening('contact.identified', { keys: [`email:${email}`], traits: { email, ...traits } });
  const said = { industry: 'SaaS', group: { id: 'g', domain: 'group.test' } };
  const done = await pumped(database.db, [named('ann@group.test', said), named('bob@other.test')]);
  expect([await waiting(), await left(), done < 10]).toEqual([0, 1, true]);
  await spreadAll();
  await pumped(database.db);
  expect(await database.db.contact.count({ where: { companyId: id, industry: 'saas' } })).toBe(MEMBERS + 1);
});

test('two at once tell each member once', async () => {
  for (const domain of ['one.test', 'two.test']) await patch(await companyOf(domain, MEMBERS), { industry: 'SaaS' });
  for (;;) {
    const rounds = await Promise.all([spread({ pageSize: 100 }), spread({ pageSize: 130 }), spread({ pageSize: 70 })]);
    if (rounds.every((next) => next === 'idle')) break;
  }
  expect(await told()).toEqual([{ revision: 2, events: 2 * MEMBERS, contacts: 2 * MEMBERS }]);
});

test('a company that another tells is left to it', async () => {
  await patch(await companyOf('theirs.test', 300), { industry: 'SaaS' });
  await inTransaction(database.db, async (tx) => {
    await tx.$executeRaw`select from company_spread for update`;
    expect(await spread()).toBe('soon');
  });
  expect(await told()).toEqual([]);
});

test('a change meanwhile reaches those told before', async () => {
  const id = await companyOf('twice.test', MEMBERS);
  await patch(id, { industry: 'SaaS' });
  await spread({ backlog: 1_000 });
  await pumped(database.db);
  expect(await told()).toEqual([{ revision: 2, events: 1_000, contacts: 1_000 }]);
  await patch(id, { industry: 'Retail', name: 'Twice' });
  await spreadAll();
  await pumped(database.db);
  expect(await shown()).toEqual([{ industry: 'retail', company: 'Twice', contacts: MEMBERS }]);
  expect(await told()).toEqual([
    { revision: 2, events: 1_000, contacts: 1_000 },
    { revision: 3, events: MEMBERS, contacts: MEMBERS },
  ]);
});

test('one that changes without end starves nobody', async () => {
  const id = await companyOf('restless.test', MEMBERS);
  for (let page = 0; page < MEMBERS / 200; page += 1) {
    await patch(id, { name: `Name ${page}` });
    await spread({ backlog: 1 });
    await pumped(database.db);
  }
  expect(await database.db.contact.count({ where: { company: null } })).toBe(0);
  await spreadAll();
  await pumped(database.db);
  expect(await shown()).toEqual([{ industry: null, company: 'Name 14', contacts: MEMBERS }]);
});

test('a change while the ring closes reaches everybody', async () => {
  const id = await companyOf('ring.test', 1_000);
  await patch(id, { name: 'First' });
  await spread({ backlog: 600 });
  await patch(id, { name: 'Second' });
  // Over the end of the ids, and into those that heard of the first.
  await spread({ backlog: 1_250 });
  expect(await database.db.companySpread.findFirst()).toMatchObject({ wrapped: true });
  await pumped(database.db);
  await patch(id, { name: 'Third' });
  await spreadAll();
  await pumped(database.db);
  expect(await shown()).toEqual([{ industry: null, company: 'Third', contacts: 1_000 }]);
  expect((await told()).at(-1)).toEqual({ revision: 4, events: 1_000, contacts: 1_000 });
});

test('changes while sweepers spread leave nobody behind', async () => {
  const id = await companyOf('busy.test', MEMBERS);
  const names = Array.from({ length: 6 }, (_, i) => `Name ${i}`);
  await Promise.all([
    (async () => {
      for (const name of names) await patch(id, { name });
    })(),
    ...[150, 250].map(async (pageSize) => {
      for (let round = 0; round < 3; round += 1) await spread({ pageSize });
    }),
  ]);
  await spreadAll();
  await pumped(database.db);
  expect(await shown()).toEqual([{ industry: null, company: 'Name 5', contacts: MEMBERS }]);
});

test('people and their behaviours go first', async () => {
  await patch(await companyOf('later.test', MEMBERS), { industry: 'SaaS' });
  await acceptEvents(database.db, [happening('page.viewed'), happening('page.viewed')]);
  expect(await spread({ backlog: 2 })).toBe('soon');
  expect(await told()).toEqual([]);
  await pumped(database.db);
  await spread({ backlog: 2 });
  expect(await told()).toEqual([{ revision: 2, events: 200, contacts: 200 }]);
});

test('a merged company takes what was untold along', async () => {
  const [from, into] = [await companyOf('goes.test', MEMBERS), await companyOf('stays.test', 10)];
  await patch(from, { industry: 'SaaS' });
  await spread({ backlog: 1_000 });
  await merge(from, into);
  expect(await database.db.companySpread.findMany({ select: { companyId: true, changed: true } })).toEqual([
    { companyId: into, changed: ['industry', 'mergedInto'] },
  ]);
  await spreadAll();
  await pumped(database.db);
  expect(await database.db.contact.count({ where: { companyId: into, industry: 'saas' } })).toBe(MEMBERS + 10);
});

test('a company that became small is told at once', async () => {
  const id = await companyOf('shrunk.test', 300);
  await patch(id, { industry: 'SaaS' });
  await database.db.$executeRaw`
    update contact set company_id = null where id in (select id from contact order by id limit 200)`;
  await patch(id, { name: 'Shrunk' });
  expect([await waiting(), await left()]).toEqual([100, 0]);
  const [event] = await database.db.event.findMany({ take: 1 });
  expect(event?.properties).toEqual({ companyId: id, changed: ['industry', 'name'] });
});

test('the loop beside the pump reaches everybody', async () => {
  const id = await companyOf('loop.test', 300);
  await patch(id, { industry: 'SaaS' });
  const { db, url } = database;
  const pump = startPump({ db, databaseUrl: url, log: silent, temporal: new FakeTemporal() });
  try {
    await poll('everybody', async () => (await db.contact.count({ where: { industry: 'saas' } })) === 300);
  } finally {
    await pump.stop();
  }
  expect(await left()).toBe(0);
});
