import fc from 'fast-check';
import { v7 } from 'uuid';
import { findingOf, findPage } from '../../prisma/stores/segment-people';
import type { Condition } from '../../workflows/domain/conditions/condition';
import type { Json } from '../../workflows/domain/json';
import { freshDatabase, type TestDatabase } from '../support/database';
import { inDays } from '../support/entries';

const words: Json[] = [
  null,
  'Pro',
  'pro',
  'PRÖ',
  'prö',
  '3',
  '3.0',
  'true',
  '',
  'İstanbul',
  'K',
  '\u212a',
  '2026-01-01',
];
const traits: Json[] = [...words, 3, 3.5, true, false, ['pro'], { a: 'pro' }];
const types = ['page.viewed', 'email.clicked', 'demo.requested'];

let database: TestDatabase;
beforeAll(async () => {
  database = await freshDatabase();
  const { db } = database;
  for (let i = 0; i < 90; i += 1) {
    const id = v7();
    const text = (n: number) => words[(i * 7 + n * 3) % words.length] as string | null;
    const trait = traits[i % traits.length] ?? null;
    const flag = [true, false, null][i % 3] ?? null;
    const own = {
      country: text(1),
      company: text(2),
      lifecycleStage: i % 4 ? text(3) : 'Customer',
      targetAccount: flag,
    };
    await db.contact.create({ data: { id, ...own, traits: trait === null ? {} : { plan: trait } } });
    for (let n = 0; n < i % 4; n += 1) {
      const properties = { machine: (i + n) % 5 === 0, path: n % 2 ? '/pricing' : '/' };
      const row = { origin: 'x', messageId: v7(), keys: [`contact:${id}`], bucket: 0, properties, contactId: id };
      const receivedAt = inDays(-(i % 40) - n);
      const type = types[(i + n) % 3] ?? '';
      await db.event.create({
        data: { ...row, type, receivedAt, occurredAt: receivedAt, processed: true, turn: BigInt(i * 10 + n + 1) },
      });
    }
    if (i % 5 !== 0) continue;
    const run = {
      journeyKey: i % 2 ? 'a' : 'b',
      versionId: v7(),
      contactId: id,
      n: 1,
      entryTurn: 0n,
      enteredAt: new Date(),
    };
    const status = i % 3 ? 'finished' : 'active';
    await db.enrollment.create({ data: { id: v7(), ...run, status, leaving: i % 15 ? null : 'bought' } });
  }
  await db.segment.create({ data: { key: 'saved', name: 'Saved', condition: { field: 'country', in: ['pro', 'k'] } } });
});
afterAll(() => database.drop());

const field = fc.constantFrom('country', 'company', 'lifecycleStage', 'targetAccount', 'traits.plan', 'email');
const scalar = fc.constantFrom('pro', 'PRÖ', 'customer', 'k', '3', 3, true, false, 'i̇stanbul', '');
const simple: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({ field, is: scalar }),
  fc.record({ field, in: fc.array(scalar, { minLength: 1, maxLength: 3 }) }),
  fc.record({ field, exists: fc.boolean() }),
  fc.record({ field, contains: scalar }),
  fc.record({ did: fc.constantFrom(...types, 'activity'), within: fc.constantFrom('3 days', '2 weeks') }),
  fc.record({ did: fc.constantFrom(...types), times: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ did: fc.constantFrom(...types), where: fc.constant({ path: '/pricing' }) }),
  fc.record({ journey: fc.constantFrom('any', 'a', 'b'), status: fc.constantFrom('active', 'finished') }),
  fc.record({ segment: fc.constantFrom('saved', 'customers', 'target-accounts', 'nobody') }),
  fc.constant<Condition>({ score: 'total', below: 5 }),
);
const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    simple,
    fc.record({ all: fc.array(tie('condition'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('condition'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ not: tie('condition') }),
  ),
}));

test('what SQL sorts out, no condition holds for', async () => {
  const all = { after: null, size: 1_000 };
  let filtered = 0;
  await fc.assert(
    fc.asyncProperty(condition, async (wanted) => {
      const finding = await findingOf(database.db, wanted, { at: new Date() });
      if (finding.filter !== null) filtered += 1;
      const { ids } = await findPage(database.db, finding, all);
      expect(ids).toEqual((await findPage(database.db, { ...finding, filter: null }, all)).ids);
    }),
    { numRuns: Number(process.env['PROPERTY_ROUNDS'] ?? 150) },
  );
  expect(filtered).toBeGreaterThan(20);
});

test('pages of short looks find the same people', async () => {
  const finding = await findingOf(database.db, { field: 'country', is: 'pro' }, { at: new Date() });
  const { ids } = await findPage(database.db, finding, { after: null, size: 1_000 });
  const found: string[] = [];
  for (let after: string | null = null; ;) {
    const page = await findPage(database.db, finding, { after, size: 2, window: 7 });
    found.push(...page.ids);
    after = page.next;
    if (after === null) break;
  }
  expect(found).toEqual(ids);
  expect(ids.length).toBeGreaterThan(3);
});
