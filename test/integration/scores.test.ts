import { standardScoreModel } from '../../prisma/catalog';
import type { NewEvent } from '../../prisma/stores/events';
import { freshDatabase, type TestDatabase } from '../support/database';
import { happening, pumped } from '../support/pump';
import { bothWays, ledgerOf, publishedModel, toldOf } from '../support/scores';

const day = 86_400_000;
const start = Date.now() - 200 * day;

let database: TestDatabase;
beforeEach(async () => {
  database = await freshDatabase();
});
afterEach(() => database.drop());

const on = (days: number, type: string, properties: NewEvent['properties'] = {}) =>
  happening(type, { occurredAt: new Date(start + days * day), properties });
const pricing = (days: number) => on(days, 'page.viewed', { path: '/pricing' });
const identify = (days: number, traits: NewEvent['traits']) =>
  happening('identify', { occurredAt: new Date(start + days * day), traits });
const contact = () => database.db.contact.findFirstOrThrow({ where: { mergedInto: null }, orderBy: { id: 'asc' } });
const stored = async () => database.db.scoreState.findUniqueOrThrow({ where: { contactId: (await contact()).id } });

describe('the standard model', () => {
  beforeEach(() => publishedModel(database.db, standardScoreModel()));

  test('a decider who looks at prices is ready', async () => {
    const { db } = database;
    await pumped(db, [
      identify(0, { email: 'ann@example.test', jobTitle: 'VP Marketing', industry: 'saas' }),
      on(1, 'page.viewed', { path: '/blog/one' }),
      on(2, 'page.viewed', { path: '/blog/two' }),
      pricing(3),
      pricing(5),
      on(6, 'webinar.attended', { webinar: 'scale' }),
    ]);
    const { id } = await contact();
    // Fit 15 + 10; pricing 10, again within seven days 15, webinar 20.
    expect(await ledgerOf(db, id)).toEqual([
      'fit decides 15',
      'fit target-industry 10',
      'rule pricing 10',
      'rule pricing-again 15',
      'rule webinar 20',
    ]);
    expect(await stored()).toMatchObject({ fit: 25, engagement: 45, tier: 'medium', ready: false });
    await pumped(db, [on(7, 'demo.requested')]);
    expect(await stored()).toMatchObject({ fit: 25, engagement: 70, tier: 'high', ready: true });
    expect(await toldOf(db, id)).toEqual([
      'tier_changed none low',
      'tier_changed low medium',
      'tier_changed medium high',
      'ready_for_sales',
    ]);
    const { stored: row, counted } = await bothWays(db, id);
    expect(row).toEqual(counted);
  });
});
