import fc from 'fast-check';
import { v7 } from 'uuid';
import type { Db } from '../../prisma/client';
import type { Condition } from '../../workflows/domain/conditions/condition';
import type { Json, JsonObject } from '../../workflows/domain/json';
import { plainRules } from '../../workflows/domain/people/normalise';
import { settle } from '../../workflows/domain/people/settle';
import { personKey } from '../../workflows/domain/sending/opt-out';

/** Some weeks after clocks were changed in Europe and America, so that days of both lengths lie before it. */
export const at = Date.parse('2026-11-23T10:00:00.000Z');
/** Where working days are counted back from. */
export const weekdays = [0, 1, 3, 5, 6].map((days) => at + days * 86_400_000);
export const DEFAULT_ZONE = 'Europe/Berlin';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Texts that two ways of reading could take differently. */
const words = [
  ...[
    '',
    ' ',
    'Pro',
    'pro',
    'PRÖ',
    'prö',
    'pro\u0308',
    'İstanbul',
    'istanbul',
    'Kelvin',
    '\u212aelvin',
    'ΟΔΟΣ',
    'οδος',
  ],
  ...['straße', 'STRASSE', 'ǅ', 'true', 'False', '3', '3.0', ' 3\u00a0', '-3', '+3', '03', '3e0', '.5', '5.', '0.1'],
  ...['12345678901234567890', '1'.repeat(31), '99999999999999999999999', '٣', '1,000', 'a%b_c\\', "o'neil", '😀 pro'],
  ...['2026-01-01', '2026-02-30', '2024-02-29', '2026-01-01T10:00', '2026-01-01 10:00:00', '2026-01-01T10:00:00.1239Z'],
  ...['2026-01-01T10:00:00+0200', '2026-01-01T10:00:00-03:30', '2026-01-01T24:00', '2026-01-01T23:60', '0000-01-01'],
  ...['0001-01-01', '9999-12-31T23:59:59.999-15:59', '2026-01-01T10:00:00+16:00', '2026-01-01t10:00', '2026-1-1'],
];
const numbers = [0, 3, -3, 3.5, 0.1, 1e-5, 1e-4, 123456789012345, 1e15, 1e21, -1e-7, 2 ** 53, 0.30000000000000004];
const values: Json[] = [
  ...words,
  ...numbers,
  true,
  false,
  null,
  [],
  ['Pro', 3, null, [3]],
  [true, '3'],
  { a: { b: 'Pro' } },
];

const word = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...words) },
  {
    weight: 1,
    arbitrary: fc
      .string({ unit: 'binary', maxLength: 4 })
      .filter((text) => !/\u0000|\p{Surrogate}|\P{Assigned}/u.test(text)),
  },
);
const value = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...values) },
  { weight: 1, arbitrary: word },
  { weight: 1, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
);
const traits = fc.dictionary(fc.constantFrom('plan', 'size', 'deep', 'a.b', '0', '-1'), value, { maxKeys: 5 });

const fields = ['email', 'firstName', 'company', 'country', 'timezone', 'budget'] as const;
const places = {
  country: ['DE', 'United States', 'usa', 'Deutschland', 'JP', 'Brasil', 'nowhere', null],
  timezone: [
    'America/New_York',
    ' europe/london ',
    'Asia/Kolkata',
    'Australia/Lord_Howe',
    'Mars/Base',
    'US Eastern',
    null,
  ],
};
interface Points {
  fit: number;
  engagement: number;
  decaying: [number, number][];
  blocked: boolean;
}
const points: fc.Arbitrary<Points> = fc.record({
  fit: fc.constantFrom(0, 15, -10),
  engagement: fc.constantFrom(0, 25, 71),
  decaying: fc.array(fc.tuple(fc.constantFrom(10, 30, 60), fc.constantFrom(DAY, 3 * DAY, 30 * DAY)), { maxLength: 2 }),
  blocked: fc.constantFrom(false, false, true),
});
const person = fc.record({
  ...{ firstName: fc.option(word), company: fc.option(word), budget: fc.option(word), traits },
  country: fc.constantFrom(...places.country),
  timezone: fc.constantFrom(...places.timezone, null),
  targetAccount: fc.constantFrom(true, false, null),
  lifecycleStage: fc.constantFrom('customer', 'Opportunity', 'lead', null),
  points: fc.option(points),
});
const types = ['page.viewed', 'email.clicked', 'email.opened', 'form.submitted', 'trial.started'];
const happened = fc.record({
  type: fc.constantFrom(...types),
  properties: fc.record(
    {
      path: value,
      'a.b': value,
      a: fc.record({ b: value }),
      machine: fc.boolean(),
      list: fc.array(value, { maxLength: 3 }),
    },
    { requiredKeys: [] },
  ),
  // Many lie at the very edge of a period, and an hour beside it.
  ago: fc.record({
    days: fc.constantFrom(0, 1, 3, 4, 7, 14, 24, 25, 27, 28, 30, 30, 60),
    hours: fc.constantFrom(-1, -1, 0, 1, 12),
    ms: fc.constantFrom(-1, 0, 1),
  }),
  journey: fc.constantFrom('own', 'other', null),
});
const run = fc.record({
  journeyKey: fc.constantFrom('own', 'a', 'b'),
  status: fc.constantFrom('active', 'held', 'finished'),
  leaving: fc.constantFrom(null, null, 'bought'),
});
const optOut = fc.constantFrom('global', 'topic:education', 'topic:product');

interface Persona {
  person: typeof person extends fc.Arbitrary<infer T> ? T : never;
  events: (typeof happened extends fc.Arbitrary<infer T> ? T : never)[];
  runs: (typeof run extends fc.Arbitrary<infer T> ? T : never)[];
  mails: { opened: boolean; clicked: boolean; machine: boolean; state: string }[];
  optOuts: string[];
}
const persona: fc.Arbitrary<Persona> = fc.record({
  person,
  events: fc.array(happened, { maxLength: 8 }),
  runs: fc.uniqueArray(run, { maxLength: 3, selector: ({ journeyKey }) => journeyKey }),
  mails: fc.array(
    fc.record({
      ...{ opened: fc.boolean(), clicked: fc.boolean(), machine: fc.boolean() },
      state: fc.constantFrom('accepted', 'delivered', 'delivered', 'bounced'),
    }),
    { maxLength: 4 },
  ),
  optOuts: fc.uniqueArray(optOut, { maxLength: 2 }),
});

/** A hundred people of whom very different things are true; the same ones each time. */
export async function fillPeople(db: Db): Promise<void> {
  const people = fc.sample(persona, { seed: 20261123, numRuns: 100 });
  let turn = 0n;
  for (const [i, one] of people.entries()) {
    const id = v7();
    await fillPerson(db, { id, email: i % 4 === 0 ? null : `Person-${i}@Example.test`, one });
    for (const event of one.events) {
      const { days, hours, ms } = event.ago;
      const receivedAt = new Date(Math.min(at, at - days * DAY + hours * HOUR + ms));
      turn += 1n;
      const sendId = event.journey === null ? null : await fillSend(db, { contactId: id, journeyKey: event.journey });
      await fillEvent(db, { contactId: id, receivedAt, turn, sendId, type: event.type, properties: event.properties });
    }
    for (const [n, mail] of one.mails.entries()) {
      const sendId = await fillSend(db, {
        contactId: id,
        journeyKey: 'own',
        state: mail.state,
        claimedAt: new Date(at - n * DAY),
      });
      for (const type of [...(mail.opened ? ['email.opened'] : []), ...(mail.clicked ? ['email.clicked'] : [])]) {
        turn += 1n;
        const properties: JsonObject = mail.machine ? { machine: true } : {};
        await fillEvent(db, { contactId: id, receivedAt: new Date(at - n * DAY), turn, sendId, type, properties });
      }
    }
  }
}

interface Filled {
  id: string;
  email: string | null;
  one: Persona;
}

async function fillPerson(db: Db, { id, email, one }: Filled): Promise<void> {
  const { points: score, traits: own, country, timezone, ...rest } = one.person;
  const lives = settle({ fields: {}, origins: {} }, { fields: { country, timezone }, traits: {} }, plainRules);
  const data = { id, email, ...rest, ...lives.fields, origins: lives.origins as object, traits: own };
  await db.contact.create({ data });
  for (const { journeyKey, status, leaving } of one.runs) {
    const data = { id: v7(), journeyKey, versionId: v7(), contactId: id, n: 1, entryTurn: 0n, enteredAt: new Date(at) };
    await db.enrollment.create({ data: { ...data, status, leaving } });
  }
  // At the address, or at the person: whoever has no address may have said no.
  for (const [i, scope] of one.optOuts.entries()) {
    const address = i === 0 ? email : null;
    await db.$executeRaw`
      insert into suppression (address_hash, scope, reason)
      select coalesce(address_hash(${address}), ${personKey(id)}), ${scope}, 'unsubscribed'`;
  }
  if (score) await fillScore(db, id, score);
}

/** Some of it has halved since, and some are blocked. */
async function fillScore(db: Db, contactId: string, { fit, engagement, decaying, blocked }: Points) {
  const total = fit + engagement;
  const tier = total >= 71 ? 'high' : total >= 26 ? 'medium' : total >= 1 ? 'low' : 'none';
  const asOf = new Date(at - 3 * DAY);
  await db.scoreState.create({ data: { contactId, state: {}, fit, engagement, decaying, blocked, tier, asOf } });
}

async function fillSend(
  db: Db,
  mail: { contactId: string; journeyKey: string; state?: string; claimedAt?: Date },
): Promise<string> {
  const id = v7();
  const { state = 'deferred', ...rest } = mail;
  await db.send.create({ data: { id, key: id, visit: 1, stepId: 'mail', unsubscribeToken: id, state, ...rest } });
  return id;
}

interface FilledEvent {
  contactId: string;
  receivedAt: Date;
  turn: bigint;
  sendId: string | null;
  type: string;
  properties: JsonObject;
}

async function fillEvent(db: Db, { properties, ...event }: FilledEvent): Promise<void> {
  const row = { origin: 'x', messageId: v7(), keys: [], bucket: 0, occurredAt: event.receivedAt, processed: true };
  await db.event.create({ data: { ...row, ...event, properties: properties } });
}

export const segments: Readonly<Record<string, Condition>> = {
  saved: { field: 'country', in: ['de', 'USA'] },
  nested: { all: [{ segment: 'saved' }, { not: { segment: 'customers' } }] },
  active: { any: [{ did: 'activity', times: 2, within: '20 working days' }, { segment: 'unread' }] },
  unread: { all: [{ mails: 'last 1', opened: 'none' }, { not: { did: 'email.opened', where: { machine: true } } }] },
};

const scalar = fc.oneof(fc.constantFrom(...words, ...numbers, true, false), word);
const bound = fc.oneof(
  fc.constantFrom(...numbers),
  fc.constantFrom('2026-01-01', '2026-01-01T10:00Z', '2025-12-31T23:59:59.999', '0001-01-01', '2026-02-30'),
);
const operator = fc.oneof(
  fc.record({ is: scalar }),
  fc.record({ in: fc.array(scalar, { minLength: 1, maxLength: 3 }) }),
  fc.record({ contains: scalar }),
  fc.record({ startsWith: fc.constantFrom('p', 'PR', '3', 'İ', 'true', '2026', '1', 'ST') }),
  fc.record({ exists: fc.boolean() }),
  ...['gt', 'gte', 'lt', 'lte'].map((name) => fc.record({ [name]: bound })),
);
const valueTest = fc.oneof(
  { weight: 3, arbitrary: operator },
  fc.tuple(operator, operator).map(([one, other]) => ({ ...one, ...other })),
);
const path = fc.constantFrom('machine', 'path', 'a.b', 'list.0', 'list.-1', 'list', 'missing');
const where = fc.dictionary(path, fc.oneof(scalar, valueTest), { maxKeys: 2 });
const field = fc.constantFrom<string>(
  ...fields,
  ...['targetAccount', 'lifecycleStage', 'traits', 'country.x', 'nothing'],
  ...['traits.plan', 'traits.size', 'traits.deep', 'traits.a.b', 'traits.plan.0', 'traits.plan.-1', 'traits.deep.a.b'],
);
const within = fc.constantFrom(
  '1 day',
  '3 days',
  '1 week',
  '2 weeks',
  '30 days',
  '60 days',
  '72 hours',
  '2 working days',
  '3 working days',
  '20 working days',
);
const did = fc.record(
  {
    did: fc.constantFrom(...types, 'activity'),
    ...{ where, within, times: fc.integer({ min: 1, max: 3 }), of: fc.constantFrom('journey', 'mail', ['other']) },
  },
  { requiredKeys: ['did'] },
);
const count = fc.constantFrom('none', 'all', 'any');
const simple = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(field, valueTest).map(([name, test]) => ({ field: name, ...test })) },
  { weight: 4, arbitrary: did },
  fc.record({ journey: fc.constantFrom('any', 'own', 'a', 'b'), status: fc.constantFrom('active', 'finished') }),
  fc.record({
    segment: fc.constantFrom(
      'saved',
      'nested',
      'active',
      'unread',
      'customers',
      'open-opportunities',
      'target-accounts',
      'nobody',
    ),
  }),
  fc.record(
    {
      score: fc.constantFrom('total', 'fit', 'engagement'),
      atLeast: fc.constantFrom(0, 15, 40),
      below: fc.constantFrom(1, 71),
    },
    { requiredKeys: ['score'] },
  ),
  fc.record({ tier: fc.constantFrom('none', 'high', { in: ['low', 'medium'] }, { in: ['none', 'high'] }) }),
  fc.record(
    { mails: fc.constantFrom('last 1', 'last 2', 'last 3'), opened: count, clicked: count },
    { requiredKeys: ['mails'] },
  ),
  fc.record({ consent: fc.constantFrom('education', 'product') }),
  fc.constant({ handoff: 'open' }),
  fc.constant({ property: 'plan', exists: false }),
) as fc.Arbitrary<Condition>; // its parts are those of the language, put together without regard to their types

export const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    simple,
    fc.record({ all: fc.array(tie('condition'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('condition'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ not: tie('condition') }),
  ),
}));
