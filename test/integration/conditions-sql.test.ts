import fc from 'fast-check';
import { compileCondition } from '../../prisma/stores/conditions/compile';
import { readZones } from '../../prisma/stores/conditions/zones';
import { readKnown } from '../../prisma/stores/known';
import type { Condition } from '../../workflows/domain/conditions/condition';
import { evaluate } from '../../workflows/domain/conditions/evaluate';
import { needsOf } from '../../workflows/domain/conditions/needs';
import { fold } from '../../workflows/domain/conditions/values';
import { factsOf } from '../../workflows/domain/entries/known';
import { contactZone } from '../../workflows/domain/timing/zone';
import { freshDatabase, type TestDatabase } from '../support/database';
import { condition, DEFAULT_ZONE, fillPeople, segments, weekdays } from '../support/conditions';

let database: TestDatabase;
beforeAll(async () => {
  database = await freshDatabase();
  await fillPeople(database.db);
});
afterAll(() => database.drop());

/** Whom it holds for, as the domain says. */
async function byDomain(wanted: Condition, at: number, beside: readonly Condition[]): Promise<string[]> {
  const all = await database.db.contact.findMany({ select: { id: true } });
  const needs = needsOf([wanted, ...beside], segments);
  const known = await readKnown(
    database.db,
    all.map(({ id }) => id),
    { needs, at },
  );
  const holding = known.filter((contact) => {
    const zone = contactZone(contact.contact, DEFAULT_ZONE);
    const asked = { condition: wanted, segments, journeyKey: 'own', properties: {}, at, zone };
    return evaluate(wanted, factsOf(contact, asked)).holds;
  });
  return holding.map(({ id }) => id).sort();
}

async function bySql(wanted: Condition, at: number, scope: 'everybody' | 'few'): Promise<string[]> {
  const zones = await readZones(database.db, DEFAULT_ZONE);
  const context = { zones, defaultZone: DEFAULT_ZONE, segments, journeyKey: 'own', at, scope };
  const { joins, holds } = compileCondition(wanted, context);
  const rows = await database.db.$queryRaw<{ id: string }[]>`select c.id from contact c ${joins} where ${holds}`;
  return rows.map(({ id }) => id).sort();
}

/** What is asked of the same people at the same time, so that some of it answers for the rest. */
const beside = fc.array(condition, { maxLength: 3 });

test('a condition holds in SQL for the same people', async () => {
  let mixed = 0;
  await fc.assert(
    fc.asyncProperty(condition, beside, fc.constantFrom(...weekdays), async (wanted, others, at) => {
      const expected = await byDomain(wanted, at, others);
      if (expected.length > 0 && expected.length < 100) mixed += 1;
      expect(await bySql(wanted, at, 'everybody')).toEqual(expected);
      expect(await bySql(wanted, at, 'few')).toEqual(expected);
    }),
    { numRuns: Number(process.env['PROPERTY_ROUNDS'] ?? 300) },
  );
  // Most conditions tell people apart, else little was shown.
  expect(mixed).toBeGreaterThan(60);
}, 120_000);

test('what nobody can read is no place', async () => {
  const zones = await readZones(database.db, DEFAULT_ZONE);
  const places = zones.map(({ place }) => place);
  expect(places).toEqual([...new Set(places)].sort());
  expect(places).toEqual(expect.arrayContaining(['', 'America/New_York', 'Europe/London', 'JP']));
  expect(places.filter((place) => /mars|nowhere|berlin|usa/i.test(place))).toEqual([]);
});

test('every letter is lowered alike', async () => {
  // Letters that only one of the two knows yet are lowered by that one.
  const rows = await database.db.$queryRaw<{ code: number; lowered: string }[]>`
    select code, nurture_fold(chr(code)) as lowered from generate_series(1, ${0x10ffff}::int) code
    where code not between 55296 and 57343 and unicode_assigned(chr(code))`;
  const known = rows.filter(({ code }) => /\p{Assigned}/u.test(String.fromCodePoint(code)));
  expect(known.length).toBeGreaterThan(100_000);
  expect(known.filter(({ code, lowered }) => fold(String.fromCodePoint(code)) !== lowered)).toEqual([]);
});
