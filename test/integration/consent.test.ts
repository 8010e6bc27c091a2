import { v7 } from 'uuid';
import { inTransaction } from '../../prisma/client';
import { lockAddressShared } from '../../prisma/stores/addresses';
import { applyMailFact } from '../../prisma/stores/mail-facts';
import { giveConsent, withdrawConsent } from '../../prisma/stores/say-consent';
import { isSuppressed, suppress } from '../../prisma/stores/suppressions';
import { addressHash } from '../../prisma/address';
import { freshDatabase, type TestDatabase } from '../support/database';
import { happening, pumped } from '../support/pump';

let database: TestDatabase;
let db: TestDatabase['db'];
let people = 0;
beforeAll(async () => {
  database = await freshDatabase();
  db = database.db;
});
afterAll(() => database.drop());

const minute = 60_000;
/** Minutes before now. */
const ago = (minutes: number) => new Date(Date.now() - minutes * minute);

async function somebody(): Promise<{ id: string; email: string }> {
  people += 1;
  const email = `person-${people}@example.test`;
  await pumped(db, [identify(email, {})]);
  const { id } = await db.contact.findFirstOrThrow({ where: { email } });
  return { id, email };
}

function identify(email: string, traits: Record<string, object>, more: object = {}) {
  return happening('contact.identified', { keys: [`email:${email}`], traits: { email, ...traits }, ...more });
}

function optOut(email: string, at: Date, more: object = {}) {
  const of = { address: email };
  const what = { of, channel: 'email', scope: 'topic:education', reason: 'unsubscribed', source: {}, at } as const;
  return inTransaction(db, (tx) => suppress(tx, { ...what, ...more }));
}

const barred = (email: string, topic = 'education') =>
  isSuppressed(db, addressHash(email), { channel: 'email', topic });
const consented = (contactId: string) => db.event.count({ where: { contactId, type: 'contact.consented' } });

test('a consent is written down and told of', async () => {
  const { id, email } = await somebody();
  const consent = { topic: 'education', text: 'Yes, write to me.', source: 'crm' };
  await pumped(db, [identify(email, { consent }, { occurredAt: ago(3) })]);
  expect(await db.consent.findMany({ where: { contactId: id } })).toMatchObject([
    { channel: 'email', topic: 'education', state: 'given', text: 'Yes, write to me.', source: 'crm' },
  ]);
  expect(await consented(id)).toBe(1);
  const { traits } = await db.contact.findUniqueOrThrow({ where: { id } });
  expect(traits).toEqual({});
});

test('a browser cannot consent for anybody', async () => {
  const { id, email } = await somebody();
  await pumped(db, [identify(email, { consent: { topic: 'education' } }, { fromBrowser: true })]);
  expect(await db.consent.count({ where: { contactId: id } })).toBe(0);
});

describe('an opt-out from a topic', () => {
  test('ends with a later consent', async () => {
    const { email } = await somebody();
    await optOut(email, ago(10));
    await pumped(db, [identify(email, { consent: { topic: 'education' } }, { occurredAt: ago(5) })]);
    expect(await barred(email)).toBeNull();
  });

  test.each([
    ['an earlier consent', { consent: { topic: 'education' } }, { occurredAt: new Date(0) }],
    ['a consent about something else', { consent: { topic: 'product' } }, {}],
    ['a consent whose date is older', { consent: { topic: 'education', at: '2020-01-01T00:00:00Z' } }, {}],
    ['a file', { consent: { topic: 'education' } }, { origin: 'import' }],
    ['a form', { consent: { topic: 'education' } }, { origin: 'form', fromBrowser: true }],
    ['a consent on another channel', { consent: { topic: 'education', channel: 'sms' } }, {}],
  ])('stays after %s', async (_, traits, more) => {
    const { email } = await somebody();
    await optOut(email, ago(10));
    await pumped(db, [identify(email, traits, more)]);
    expect(await barred(email)).toMatchObject({ reason: 'unsubscribed' });
  });

  test('stays at the same instant', async () => {
    const { email } = await somebody();
    const at = ago(10);
    await optOut(email, at);
    await pumped(db, [identify(email, { consent: { topic: 'education' } }, { occurredAt: at })]);
    expect(await barred(email)).not.toBeNull();
  });

  test('that was said again counts from then', async () => {
    const { email } = await somebody();
    await optOut(email, ago(10));
    await optOut(email, ago(2));
    await pumped(db, [identify(email, { consent: { topic: 'education' } }, { occurredAt: ago(5) })]);
    expect(await barred(email)).not.toBeNull();
  });
});

describe('a form of a browser', () => {
  let browsers = 0;
  const aBrowser = () => `anonymous:browser-${(browsers += 1)}`;
  const clicks = (contactId: string, browser: string) =>
    happening('contact.recognised', { origin: 'visit', keys: [`contact:${contactId}`, browser] });
  const form = (email: string, browser: string) => {
    const traits = { email, consent: { topic: 'education' } };
    const from = { origin: 'form', fromBrowser: true, keys: [`email:${email}`, browser] };
    return happening('form.submitted', { ...from, traits });
  };

  test.each(['before', 'together'])('that clicked in their mail ends it (%s)', async (when) => {
    const { id, email } = await somebody();
    const browser = aBrowser();
    await optOut(email, ago(10));
    if (when === 'before') await pumped(db, [clicks(id, browser)]);
    await pumped(db, [...(when === 'before' ? [] : [clicks(id, browser)]), form(email, browser)]);
    expect(await barred(email)).toBeNull();
  });

  test('that only ever typed their address ends nothing', async () => {
    const { id, email } = await somebody();
    const browser = aBrowser();
    await optOut(email, ago(10));
    await pumped(db, [form(email, browser)]);
    await pumped(db, [form(email, browser)]);
    expect(await barred(email)).not.toBeNull();
    // It is evidence all the same, and journeys hear of it.
    expect(await db.consent.count({ where: { contactId: id, state: 'given' } })).toBe(2);
    expect(await consented(id)).toBe(2);
  });

  test("that is another's, with a mail passed on, ends nothing", async () => {
    const [ann, bob] = [await somebody(), await somebody()];
    const browser = aBrowser();
    await pumped(db, [clicks(ann.id, browser)]);
    await optOut(bob.email, ago(10));
    await pumped(db, [clicks(bob.id, browser)]);
    await pumped(db, [form(bob.email, browser)]);
    expect(await barred(bob.email)).not.toBeNull();
  });
});

describe('who has an address of before', () => {
  /** Opted out with both. */
  async function moved() {
    const { id, email: before } = await somebody();
    const email = `now-${before}`;
    await db.contactIdentity.create({ data: { kind: 'email', value: email, contactId: id } });
    await db.contact.update({ where: { id }, data: { email } });
    await optOut(email, ago(10), { contactId: id });
    return { id, email, before };
  }
  const said = () => ({ channel: 'email', topic: 'education', text: null, source: null, at: new Date() }) as const;
  const ways = {
    server: (_: string, email: string) => pumped(db, [identify(email, { consent: { topic: 'education' } })]),
    operator: (id: string) => giveConsent(db, id, said()),
  };

  test.each(['server', 'operator'] as const)('comes back with both (%s)', async (way) => {
    const { id, email, before } = await moved();
    await ways[way](id, email);
    expect([await barred(email), await barred(before)]).toEqual([null, null]);
  });

  test.each(['server', 'operator'] as const)('comes back though that one bounced (%s)', async (way) => {
    const { id, email, before } = await moved();
    await optOut(before, ago(5), { scope: 'global', reason: 'bounced' });
    await ways[way](id, email);
    await pumped(db);
    expect(await barred(before)).toMatchObject({ reason: 'bounced' });
    expect(await db.event.count({ where: { contactId: id, type: 'contact.resubscribed' } })).toBe(1);
  });

  test('ends nothing where another has it now', async () => {
    const { id, email, before } = await moved();
    const other = await db.contact.create({ data: { id: v7() } });
    await db.contactIdentity.updateMany({ where: { value: before }, data: { contactId: other.id } });
    await giveConsent(db, id, said());
    expect([await barred(email), await barred(before)]).toMatchObject([null, { reason: 'unsubscribed' }]);
  });

  test('waits while that one is written to', async () => {
    const { id, before } = await moved();
    await inTransaction(db, async (tx) => {
      await lockAddressShared(tx, addressHash(before));
      expect(await giveConsent(db, id, said())).toEqual({ kind: 'busy' });
    });
  });
});

test.each(['bounced', 'complained'])('no consent ends what %s', async (reason) => {
  const { email } = await somebody();
  await optOut(email, ago(10), { scope: 'global', reason });
  await pumped(db, [identify(email, { consent: { topic: '*' } })]);
  expect(await barred(email)).toMatchObject({ reason });
});

test('all is ended by a consent to all alone', async () => {
  const { email } = await somebody();
  await optOut(email, ago(10), { scope: 'global' });
  await pumped(db, [identify(email, { consent: { topic: 'education' } })]);
  expect(await barred(email)).toMatchObject({ scope: 'global' });
  await pumped(db, [identify(email, { consent: [{ topic: '*' }] })]);
  expect(await barred(email)).toBeNull();
});

test('to unsubscribe is in the ledger too', async () => {
  const { id, email } = await somebody();
  await withdrawConsent(db, id, { channel: 'email', topic: 'product', text: null, source: 'phone call', at: ago(1) });
  await pumped(db);
  expect(await barred(email, 'product')).toMatchObject({ scope: 'topic:product' });
  expect(await db.consent.findMany({ where: { contactId: id } })).toMatchObject([
    { topic: 'product', state: 'withdrawn', source: 'api' },
  ]);
});

test('whose address is being written to waits', async () => {
  const { id, email } = await somebody();
  await optOut(email, ago(10));
  await inTransaction(db, async (tx) => {
    await tx.$executeRaw`select pg_advisory_xact_lock_shared(hashtextextended('address:' || ${addressHash(email)}, 0))`;
    await pumped(db, [identify(email, { consent: { topic: 'education' } })]);
    expect(await barred(email)).not.toBeNull();
    const said = { channel: 'email', topic: 'education', text: null, source: null, at: new Date() } as const;
    expect(await giveConsent(db, id, said)).toEqual({ kind: 'busy' });
  });
  await pumped(db);
  expect(await barred(email)).toBeNull();
});

/** Who came last in time has the last word, whoever is quicker; a tie goes to the opt-out. */
test('an opt-out that races with a consent is never lost', async () => {
  const outcomes = new Set<string>();
  for (let round = 0; round < 60; round += 1) {
    const { id, email } = await somebody();
    await optOut(email, ago(60));
    const consentAt = ago(30);
    const later = round % 3 !== 0;
    const optOutAt = later ? ago(20) : ago(40);
    const said = { channel: 'email', topic: 'education', text: null, source: null, at: consentAt } as const;
    const consent = () =>
      round % 2 === 0
        ? giveConsent(db, id, said)
        : pumped(db, [identify(email, { consent: { topic: 'education' } }, { occurredAt: consentAt })]);
    const again = () => (round % 4 < 2 ? optOut(email, optOutAt) : complainLate(email, optOutAt));
    await Promise.all([after(round % 5, consent), after(round % 7, again)]);
    if (later) outcomes.add((await barred(email))?.scope ?? 'none');
    // Whichever came first, a consent that came after both has its way.
    await pumped(db, [identify(email, { consent: { topic: '*' } }, { occurredAt: ago(10) })]);
    expect(await barred(email)).toBeNull();
  }
  expect([...outcomes].sort()).toEqual(['global', 'topic:education']);
}, 60_000);

/** A provider tells of an opt-out from everything. */
function complainLate(email: string, at: Date) {
  return applyMailFact(db, {
    ...{ provider: 'test', dedupKey: email, type: 'unsubscribe', payload: {}, sendId: null },
    ...{ providerMessageId: null, address: email, at, state: null },
    event: { type: 'email.unsubscribed', properties: {} },
    optOut: { scope: 'global', reason: 'unsubscribed' },
  });
}

async function after(roundTrips: number, act: () => Promise<unknown>): Promise<unknown> {
  for (let i = 0; i < roundTrips; i += 1) await db.$queryRaw`select 1`;
  return act();
}
