import { randomUUID } from 'node:crypto';
import { resolveCompanies } from '../../activities/pump/companies';
import { standardScoreModel } from '../../prisma/catalog';
import { inTransaction } from '../../prisma/client';
import { companyOfGroup } from '../../prisma/stores/companies/group';
import { mergeCompanies } from '../../prisma/stores/companies/merge';
import { teachCompanies } from '../../prisma/stores/companies/teach';
import { findContact, patchContact } from '../../prisma/stores/contacts';
import { acceptEvents } from '../../prisma/stores/events';
import { mergeContacts } from '../../prisma/stores/merging/merge';
import { readProfiles } from '../../prisma/stores/pump/contacts';
import { plainRules } from '../../workflows/domain/people/normalise';
import type { JsonObject } from '../../workflows/domain/json';
import { freshDatabase, type TestDatabase } from '../support/database';
import { poll } from '../support/poll';
import { happening, pumped } from '../support/pump';
import { ledgerOf, publishedModel } from '../support/scores';

let database: TestDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.drop());

const identify = (email: string, traits: JsonObject = {}, more = {}) =>
  happening('contact.identified', { keys: [`email:${email}`], traits: { email, ...traits }, ...more });
/** As ingestion makes of a group call: the name and so on beside the rest of the group. */
const group = (email: string, id: string, { own = {}, ...traits }: JsonObject & { own?: JsonObject } = {}) =>
  happening('contact.identified', { keys: [`email:${email}`], traits: { ...traits, group: { id, ...own } } });

async function contact(email: string) {
  const found = await findContact(database.db, 'email', email);
  if (!found) throw new Error(`${email} is not there`);
  return found;
}
const company = async (key: string) => {
  const [kind = '', value = ''] = key.split(':');
  const named = await database.db.companyKey.findUnique({ where: { kind_value: { kind, value } } });
  return named && database.db.company.findUniqueOrThrow({ where: { id: named.companyId } });
};
/** What a person of ours says of the company. */
async function teach(key: string, fields: { [name: string]: string | boolean | null }) {
  const { id } = (await company(key)) ?? { id: '' };
  const said = { fields, traits: {}, from: 'hand' as const };
  await teachCompanies(database.db, [{ companyId: id, said, hops: 1 }], plainRules);
  await pumped(database.db);
}

describe('by the domain of an address', () => {
  test('colleagues are of one company', async () => {
    await pumped(database.db, [identify('a@one.test'), identify('b@mail.one.test'), identify('c@two.test')]);
    const [a, b, c] = await Promise.all(['a@one.test', 'b@mail.one.test', 'c@two.test'].map(contact));
    expect(a?.companyId).toBe((await company('domain:one.test'))?.id);
    expect(b?.companyId).toBe(a?.companyId);
    expect(c?.companyId).not.toBe(a?.companyId);
    expect(a?.origins['companyId']).toEqual({ from: 'domain' });
  });

  test('a domain in letters of its own is one', async () => {
    await pumped(database.db, [
      happening('contact.identified', {
        keys: ['email:ann@xn--bcher-kva.example'],
        traits: { email: 'Ann@BÜCHER.example' },
      }),
    ]);
    const { companyId } = await contact('ann@xn--bcher-kva.example');
    expect(companyId).toBe((await company('domain:xn--bcher-kva.example'))?.id);
    expect(companyId).toEqual(expect.any(String));
    await pumped(database.db, [
      group('ann@xn--bcher-kva.example', 'bücher', { own: { website: 'https://www.bücher.example' } }),
    ]);
    expect((await company('group:bücher'))?.id).toBe(companyId);
  });

  test('mailboxes of anybody are of none', async () => {
    await pumped(database.db, [identify('a@gmail.com'), identify('a@mailinator.com')]);
    expect((await contact('a@gmail.com')).companyId).toBeNull();
    expect(await company('domain:mailinator.com')).toBeNull();
  });

  test('an address that a person writes counts too', async () => {
    await pumped(database.db, [happening('page.viewed', { keys: ['user:late'] })]);
    const { id } = await database.db.contact.findFirstOrThrow({ where: { email: null } });
    await patchContact(database.db, id, { fields: { email: 'late@three.test' }, traits: {}, at: new Date() });
    await pumped(database.db);
    expect((await contact('late@three.test')).companyId).toBe((await company('domain:three.test'))?.id);
  });

  test('two batches make the same company once', async () => {
    const events = [1, 2].map(() => ({
      ...{ seq: 1n, address: 'x@raced.test', newAddress: null, groupId: null, fromBrowser: false, hops: 0 },
    }));
    await Promise.all(events.map((event) => resolveCompanies(database.db, [event])));
    expect(await database.db.company.count({ where: { domain: 'raced.test' } })).toBe(1);
  });
});

describe('fields of the company', () => {
  test('fill what is empty, and follow while they came from it', async () => {
    await pumped(database.db, [identify('a@fill.test', { industry: 'Banking' }), identify('b@fill.test')]);
    await teach('domain:fill.test', { name: 'Fill Inc.', industry: 'SaaS', companySize: '120', targetAccount: true });
    const b = await contact('b@fill.test');
    expect(b.fields).toMatchObject({
      company: 'Fill Inc.',
      industry: 'saas',
      companySize: '51-200',
      targetAccount: true,
    });
    expect(b.origins).toMatchObject({ industry: { from: 'company' } });
    expect((await contact('a@fill.test')).fields).toMatchObject({
      company: 'Fill Inc.',
      industry: 'financial-services',
    });
    await teach('domain:fill.test', { industry: 'Insurance', targetAccount: null });
    expect((await contact('b@fill.test')).fields).toMatchObject({ industry: 'insurance', targetAccount: null });
    expect((await contact('a@fill.test')).fields).toMatchObject({ industry: 'financial-services' });
  });

  test('reach who comes later, in the same fold', async () => {
    await pumped(database.db, [identify('a@later.test')]);
    await teach('domain:later.test', { industry: 'SaaS', owner: 'kim' });
    await pumped(database.db, [identify('b@later.test', { jobTitle: 'VP Sales' })]);
    const b = await contact('b@later.test');
    expect(b.fields).toMatchObject({ industry: 'saas', owner: 'kim', seniority: 'vp' });
    const told = await database.db.event.findMany({ where: { contactId: b.id, type: 'contact.updated' } });
    expect(told).toHaveLength(1);
    expect(told[0]?.properties).toMatchObject({ values: { industry: 'saas', owner: 'kim', jobTitle: 'VP Sales' } });
  });

  test('give way to what somebody says, and come back when it is emptied', async () => {
    await pumped(database.db, [identify('a@own.test')]);
    await teach('domain:own.test', { industry: 'SaaS' });
    await pumped(database.db, [identify('a@own.test', { industry: 'Retail' })]);
    const own = await contact('a@own.test');
    expect([own.fields.industry, own.origins['industry']]).toEqual(['retail', { given: 'Retail' }]);
    await patchContact(database.db, own.id, { fields: { industry: null }, traits: {}, at: new Date() });
    await pumped(database.db);
    const again = await contact('a@own.test');
    expect([again.fields.industry, again.origins['industry']]).toEqual(['saas', { from: 'company' }]);
  });

  test('count towards the fit of its people', async () => {
    await publishedModel(database.db, standardScoreModel());
    await pumped(database.db, [identify('a@fit.test', { jobTitle: 'VP Sales' })]);
    await teach('domain:fit.test', { industry: 'SaaS' });
    const { id } = await contact('a@fit.test');
    expect(await ledgerOf(database.db, id)).toEqual(['fit decides 15', 'fit target-industry 10']);
    await teach('domain:fit.test', { industry: null });
    expect(await database.db.scoreState.findUnique({ where: { contactId: id } })).toMatchObject({ fit: 15 });
  });

  test('a country of the company says nothing of its people', async () => {
    await pumped(database.db, [identify('a@abroad.test')]);
    await teach('domain:abroad.test', { country: 'Deutschland' });
    expect((await company('domain:abroad.test'))?.country).toBe('DE');
    expect((await contact('a@abroad.test')).fields.country).toBeNull();
  });

  test('each change is told once to each contact', async () => {
    await pumped(database.db, [identify('a@told.test'), identify('b@told.test')]);
    await teach('domain:told.test', { industry: 'SaaS' });
    await teach('domain:told.test', { industry: 'SaaS' });
    const { id } = await contact('a@told.test');
    expect(await database.db.event.count({ where: { contactId: id, type: 'company.updated' } })).toBe(1);
  });
});

describe('groups', () => {
  test('a server names a company by its group id', async () => {
    await pumped(database.db, [
      identify('a@g1.test'),
      group('a@g1.test', 'g1', { company: 'Group One', industry: 'SaaS', companySize: 300, own: { plan: 'pro' } }),
    ]);
    const found = await company('group:g1');
    expect(found).toMatchObject({
      name: 'Group One',
      industry: 'saas',
      companySize: '201-500',
      traits: { plan: 'pro' },
    });
    const { companyId, fields, origins } = await contact('a@g1.test');
    expect(companyId).toBe(found?.id);
    expect(fields).toMatchObject({ company: 'Group One', industry: 'saas' });
    expect(origins['companyId']).toEqual({ from: 'group' });
  });

  test('a domain said by the group makes both one company', async () => {
    await pumped(database.db, [identify('a@g2.test')]);
    const before = await company('domain:g2.test');
    await pumped(database.db, [group('a@g2.test', 'g2', { own: { website: 'https://www.g2.test/' } })]);
    expect((await company('group:g2'))?.id).toBe(before?.id);
  });

  test('a domain said later joins the two', async () => {
    await pumped(database.db, [identify('a@g3.test'), group('b@else.test', 'g3', { company: 'Three' })]);
    const [byDomain, byGroup] = [await company('domain:g3.test'), await company('group:g3')];
    expect(byDomain?.id).not.toBe(byGroup?.id);
    await pumped(database.db, [group('b@else.test', 'g3', { own: { domain: 'g3.test' } })]);
    expect((await company('domain:g3.test'))?.id).toBe(byGroup?.id);
    expect((await contact('a@g3.test')).companyId).toBe(byGroup?.id);
    expect((await contact('a@g3.test')).fields.company).toBe('Three');
  });

  test('of two groups with one domain the first has it', async () => {
    const own = { domain: 'g4.test' };
    await pumped(database.db, [group('a@g4.test', 'g4', { own }), group('b@g4.test', 'g4b', { own })]);
    expect((await company('domain:g4.test'))?.groupId).toBe('g4');
    expect((await company('group:g4b'))?.domain).toBeNull();
    expect((await contact('b@g4.test')).companyId).toBe((await company('group:g4b'))?.id);
  });

  test('an address does not take a contact out of its group', async () => {
    await pumped(database.db, [group('a@g5.test', 'g5'), identify('a@g5.test', { plan: 'x' })]);
    expect((await contact('a@g5.test')).companyId).toBe((await company('group:g5'))?.id);
  });

  test('a merge does not take a contact out of its group', async () => {
    const named = happening('contact.identified', {
      keys: ['user:u8'],
      traits: { group: { id: 'g8', name: 'Client' } },
    });
    await pumped(database.db, [named, identify('a@agency8.test')]);
    const [goes, stays] = [await findContact(database.db, 'user', 'u8'), await contact('a@agency8.test')];
    const of = { by: 'hand' as const, reason: 'test', requestedBy: null, at: new Date() };
    expect(await mergeContacts(database.db, { stays: stays.id, goes: goes?.id ?? '', ...of })).toMatchObject({
      kind: 'merged',
    });
    await pumped(database.db);
    expect(await contact('a@agency8.test')).toMatchObject({
      companyId: (await company('group:g8'))?.id,
      origins: { companyId: { from: 'group' } },
    });
  });

  test('a browser names no group', async () => {
    const traits = { email: 'a@g6.test', company: 'Mine', group: { id: 'g6' } };
    await pumped(database.db, [identify('a@g6.test', traits, { fromBrowser: true })]);
    expect(await company('group:g6')).toBeNull();
    expect((await contact('a@g6.test')).fields.company).toBe('Mine');
  });

  test('an older event does not overwrite a newer one', async () => {
    await acceptEvents(database.db, [
      group('a@g7.test', 'g7', { industry: 'SaaS' }),
      group('b@g7.test', 'g7', { industry: 'Retail' }),
    ]);
    const [older, newer] = await database.db.event.findMany({ where: { processed: false }, orderBy: { seq: 'asc' } });
    const naming = { address: null, newAddress: null, groupId: 'g7', fromBrowser: false, hops: 0 };
    await resolveCompanies(database.db, [{ ...naming, seq: newer?.seq ?? 0n }]);
    await resolveCompanies(database.db, [{ ...naming, seq: older?.seq ?? 0n }]);
    expect((await company('group:g7'))?.industry).toBe('retail');
    await pumped(database.db);
    expect((await contact('a@g7.test')).fields.industry).toBe('retail');
  });
});

test('a merged company leads to the one that stays', async () => {
  await pumped(database.db, [identify('a@stays.test'), identify('b@goes.test')]);
  await teach('domain:goes.test', { industry: 'SaaS', name: 'Goes' });
  await teach('domain:stays.test', { name: 'Stays' });
  const [into, from] = [await company('domain:stays.test'), await company('domain:goes.test')];
  const merge = () =>
    inTransaction(database.db, (tx) => mergeCompanies(tx, { from: from?.id ?? '', into: into?.id ?? '', hops: 1 }));
  expect([await merge(), await merge()]).toEqual([true, false]);
  await pumped(database.db);
  const [a, b] = [await contact('a@stays.test'), await contact('b@goes.test')];
  expect([a.companyId, b.companyId]).toEqual([into?.id, into?.id]);
  expect([a.fields, b.fields]).toMatchObject([
    { company: 'Stays', industry: 'saas' },
    { company: 'Stays', industry: 'saas' },
  ]);
});

test('a change waits for whoever is being filled', async () => {
  await pumped(database.db, [identify('a@race.test')]);
  const { id } = (await company('domain:race.test')) ?? { id: '' };
  const said = { fields: { industry: 'SaaS' }, traits: {}, from: 'hand' as const };
  const newcomer = randomUUID();
  let changed: Promise<void> = Promise.resolve();
  // As the batch does: it reads the company under its lock, then links somebody, and commits later.
  await inTransaction(database.db, async (tx) => {
    await tx.$executeRaw`select id from company where id = ${id}::uuid for share`;
    changed = teachCompanies(database.db, [{ companyId: id, said, hops: 1 }], plainRules);
    await tx.contact.create({ data: { id: newcomer, companyId: id } });
  });
  await changed;
  await pumped(database.db);
  const [profile] = await readProfiles(database.db, [newcomer]);
  expect(profile?.fields.industry).toBe('saas');
});

describe('a merge of companies that commits meanwhile', () => {
  /** Does something while the company of the one domain is on its way into that of the other. */
  async function whileMerging<T>(from: string, into: string, act: () => Promise<T>): Promise<[T, string, string]> {
    await pumped(database.db, [identify(`a@${from}`), identify(`b@${into}`)]);
    const [goes, stays] = [await company(`domain:${from}`), await company(`domain:${into}`)];
    const ids = { from: goes?.id ?? '', into: stays?.id ?? '' };
    const merging = await inTransaction(database.db, async (tx) => {
      await mergeCompanies(tx, { ...ids, hops: 1 });
      const acting = act();
      acting.catch(() => undefined);
      await poll('somebody who waits for the merge', async () => {
        const [row] = await database.db.$queryRaw<{ waiting: number }[]>`
          select count(*)::int as waiting from pg_locks l join pg_database d on d.oid = l.database or l.database is null
          where not l.granted and d.datname = current_database()`;
        return (row?.waiting ?? 0) > 0;
      });
      return { acting };
    });
    const done = await merging.acting;
    await pumped(database.db);
    return [done, ids.from, ids.into];
  }

  test('a group gets the one that stays', async () => {
    const named = () => companyOfGroup(database.db, { groupId: 'meanwhile', domain: 'goes1.test' }, 1);
    const [found, , into] = await whileMerging('goes1.test', 'stays1.test', named);
    expect([found, (await company('group:meanwhile'))?.id]).toEqual([into, into]);
  });

  test('what is said reaches the one that stays', async () => {
    const said = { fields: { industry: 'SaaS' }, traits: {}, from: 'hand' as const };
    await pumped(database.db, [identify('a@goes2.test')]);
    const { id } = (await company('domain:goes2.test')) ?? { id: '' };
    const teaching = () => teachCompanies(database.db, [{ companyId: id, said, hops: 1 }], plainRules);
    const [, , into] = await whileMerging('goes2.test', 'stays2.test', teaching);
    expect(await database.db.company.findUnique({ where: { id: into } })).toMatchObject({ industry: 'saas' });
    expect((await contact('a@goes2.test')).fields.industry).toBe('saas');
  });

  test('a newcomer is of the one that stays', async () => {
    const comes = async () => {
      await acceptEvents(database.db, [identify('c@goes3.test')]);
      await pumped(database.db);
    };
    const [, , into] = await whileMerging('goes3.test', 'stays3.test', comes);
    expect((await contact('c@goes3.test')).companyId).toBe(into);
  });
});

test('an older word does not overwrite one that was confirmed', async () => {
  await pumped(database.db, [group('a@g9.test', 'g9', { industry: 'SaaS' })]);
  await acceptEvents(
    database.db,
    ['Retail', 'SaaS'].map((industry) => group('a@g9.test', 'g9', { industry })),
  );
  const [older, newer] = await database.db.event.findMany({ where: { processed: false }, orderBy: { seq: 'asc' } });
  const before = await company('group:g9');
  const naming = { address: null, newAddress: null, groupId: 'g9', fromBrowser: false, hops: 0 };
  await resolveCompanies(database.db, [{ ...naming, seq: newer?.seq ?? 0n }]);
  expect(await company('group:g9')).toMatchObject({ revision: before?.revision });
  await resolveCompanies(database.db, [{ ...naming, seq: older?.seq ?? 0n }]);
  expect(await company('group:g9')).toMatchObject({ industry: 'saas', revision: before?.revision });
  await pumped(database.db);
});

test('whoever comes while the company changes has its new fields', async () => {
  await pumped(database.db, [identify('first@busy.test')]);
  const { id } = (await company('domain:busy.test')) ?? { id: '' };
  const industries = ['saas', 'retail', 'energy', 'media'];
  for (let round = 0; round < 8; round += 1) {
    const industry = industries[round % industries.length] ?? '';
    const said = { fields: { industry }, traits: {}, from: 'hand' as const };
    await acceptEvents(database.db, [identify(`${round}@busy.test`)]);
    await Promise.all([
      pumped(database.db),
      teachCompanies(database.db, [{ companyId: id, said, hops: 1 }], plainRules),
    ]);
    await pumped(database.db);
    const others = await database.db.contact.count({ where: { companyId: id, NOT: { industry } } });
    expect([round, others]).toEqual([round, 0]);
  }
});
