import { pumpOnce } from '../../activities/pump/pump';
import { sweepScores } from '../../activities/pump/sweep-scores';
import { standardScoreModel } from '../../prisma/catalog';
import type { Db } from '../../prisma/client';
import { acceptEvents } from '../../prisma/stores/events';
import { readScores } from '../../prisma/stores/scores/read';
import { freshDatabase, type TestDatabase } from '../support/database';
import { happening, pumped, silent } from '../support/pump';
import { bothWays, ledgerOf, publishedModel } from '../support/scores';

const DAY_MS = 86_400_000;
let database: TestDatabase;
let db: Db;
beforeEach(async () => {
  database = await freshDatabase();
  db = database.db;
  await publishedModel(db, standardScoreModel());
});
afterEach(() => database.drop());

/** Pages that somebody looked at in the last hundred days, and that count for nothing but as a sign of life. */
async function lookedAt(contactId: string, pages: number): Promise<void> {
  await db.$executeRaw`
    insert into event (origin, message_id, type, keys, bucket, properties, occurred_at, received_at, processed, turn, contact_id)
    select 'http', 'page-' || n, 'page.viewed', array['email:ann@example.test'], 0, '{"path": "/blog"}', t.at, t.at, true, 1000 + n,
           ${contactId}::uuid
    from generate_series(1, ${pages}::int) n
    cross join lateral (select now() - interval '100 days' + n * interval '10 seconds' as at) t`;
  await db.$executeRaw`select setval('turn_seq', 100000)`;
}

/** Of somebody with so long a past late events are counted outside the pump. */
const recounted = () => sweepScores({ db, at: new Date(Date.now() + 60_000) });

const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS);
const pricing = (occurredAt: Date) => happening('page.viewed', { properties: { path: '/pricing' }, occurredAt });

test('a whole past that comes late counts together', async () => {
  await pumped(db, [pricing(daysAgo(1))]);
  const { id } = await db.contact.findFirstOrThrow();
  await lookedAt(id, 5_000);
  // Newest first, as exports are: each belongs before all that came before it.
  await acceptEvents(
    db,
    Array.from({ length: 400 }, (_, i) => pricing(daysAgo(20 + i / 100))),
  );
  expect((await pumpOnce({ db, log: silent })).processed).toBe(400);
  await recounted();
  // 24 days ago the first view: +10, and once more within seven days: +15. A day ago neither.
  expect((await readScores(db, [id])).get(id)).toMatchObject({ engagement: 25, total: 25 });
});

test('of somebody who does too much the newest counts', async () => {
  await pumped(db, [pricing(daysAgo(120)), happening('form.submitted', { occurredAt: daysAgo(80) })]);
  const { id } = await db.contact.findFirstOrThrow();
  expect(await ledgerOf(db, id)).toEqual(['rule pricing 10', 'silence silence -5']);
  await lookedAt(id, 20_500);
  await acceptEvents(db, [pricing(daysAgo(90)), happening('page.viewed', { occurredAt: daysAgo(89) })]);
  expect((await pumpOnce({ db, log: silent })).processed).toBe(2);
  await recounted();
  // The first view is beyond what is read: it counts no more, and not a second time. Silent since the form, for two months.
  expect(await ledgerOf(db, id)).toEqual(['rule pricing 10', 'silence silence -5', 'silence silence -5']);
  expect((await readScores(db, [id])).get(id)).toMatchObject({ engagement: 0 });
});

const at = daysAgo(5);
const viewed = () => pricing(at);
const says = (type: string, jobTitle: string) =>
  happening(type, { occurredAt: at, traits: { email: 'ann@example.test', jobTitle } });

test.each([
  ['one batch', [[viewed(), says('contact.identified', 'VP Sales'), viewed()]]],
  ['one after the other', [[viewed()], [says('contact.identified', 'VP Sales')], [viewed()]]],
  ['a form that tells a title', [[viewed()], [says('form.submitted', 'VP Sales'), viewed()]]],
  ['titles that change', [[says('contact.identified', 'Student'), says('demo.requested', 'VP Sales'), viewed()]]],
])('of one instant all counts: %s', async (_name, batches) => {
  for (const batch of batches) await pumped(db, batch);
  expect(await db.event.count({ where: { error: { not: null } } })).toBe(0);
  const { id } = await db.contact.findFirstOrThrow();
  const { stored, counted } = await bothWays(db, id);
  expect(stored).toEqual(counted);
  expect((await readScores(db, [id])).get(id)).toMatchObject({ fit: 15 });
});
