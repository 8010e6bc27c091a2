import { needsContent, seedCatalog } from '../../prisma/catalog';
import { publishJourney } from '../../prisma/stores/journey-versions';
import { findJourney } from '../../prisma/stores/journeys';
import { patchSettings } from '../../prisma/stores/settings';
import { freshDatabase, type TestDatabase } from '../support/database';

let database: TestDatabase;

beforeEach(async () => {
  database = await freshDatabase();
});
afterEach(() => database.drop());

test('what needs configuration stays a draft', async () => {
  const { db } = database;
  expect(await seedCatalog(db, { publish: true })).toEqual([
    { key: 'cart-abandonment', reason: 'there is no webhook endpoint `retargeting`' },
    { key: 'high-intent', reason: 'there is no sender `sales-team`' },
    { key: 'webinar-invitation', reason: `it needs ${needsContent['webinar-invitation']}` },
    { key: 'win-back', reason: 'there is no webhook endpoint `retargeting`' },
  ]);
  expect(await findJourney(db, 'high-intent')).toMatchObject({ status: 'draft', publishedId: null });
  expect(await findJourney(db, 'renewal')).toMatchObject({ status: 'published' });
});

test('once configured, all of it can be published', async () => {
  const { db } = database;
  const senders = [{ key: 'sales-team', name: 'Sales', email: 'sales@example.com', verified: true }];
  await patchSettings(db, { senders }, null);
  await db.webhookEndpoint.create({ data: { key: 'retargeting', kind: 'webhook', url: 'https://ads.example.com' } });
  const drafts = await seedCatalog(db, { publish: true });
  expect(drafts.map(({ key }) => key)).toEqual(Object.keys(needsContent));
  for (const { key } of drafts) expect((await publishJourney(db, key))?.kind).toBe('published');
});
