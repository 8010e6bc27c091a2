import { seedCatalog, standardScoreModel } from '../../prisma/catalog';
import { findScoreModel, readPublishedModel, saveScoreModel, type Models } from '../../prisma/stores/score-model';
import { publishScoreModel } from '../../prisma/stores/score-model-versions';
import { freshDatabase, type TestDatabase } from '../support/database';

const own = 'model: own\nexplain: Our own.\n';
let database: TestDatabase;

beforeEach(async () => {
  database = await freshDatabase();
});
afterEach(() => database.drop());

test('the standard model counts from the first start', async () => {
  const { db } = database;
  expect(await readPublishedModel(db, new Map())).toBeNull();
  await seedCatalog(db, { publish: false });
  expect((await findScoreModel(db))?.draft).toBe(standardScoreModel());
  expect(await readPublishedModel(db, new Map())).toMatchObject({ number: 1, model: { silence: { points: -5 } } });
});

test('a start that was cut short is made up for', async () => {
  const { db } = database;
  await saveScoreModel(db, { source: standardScoreModel() });
  await seedCatalog(db, { publish: false });
  expect((await readPublishedModel(db, new Map()))?.number).toBe(1);
});

test("a model of one's own stays", async () => {
  const { db } = database;
  await saveScoreModel(db, { source: own });
  await seedCatalog(db, { publish: true });
  expect(await findScoreModel(db)).toMatchObject({ draft: own, publishedId: null });
  await publishScoreModel(db);
  await seedCatalog(db, { publish: true });
  expect((await readPublishedModel(db, new Map()))?.model.engagement).toEqual([]);
});

test('a version is read once', async () => {
  const { db } = database;
  const known: Models = new Map();
  await seedCatalog(db, { publish: false });
  const first = await readPublishedModel(db, known);
  expect(await readPublishedModel(db, known)).toBe(first);
  await saveScoreModel(db, { source: own });
  await publishScoreModel(db);
  expect((await readPublishedModel(db, known))?.number).toBe(2);
  expect([...known.values()].map(({ number }) => number)).toEqual([1, 2]);
});

test('two who publish at once make one version', async () => {
  const { db } = database;
  await saveScoreModel(db, { source: own });
  const both = await Promise.all([publishScoreModel(db), publishScoreModel(db)]);
  expect(both.map((done) => done?.kind === 'published' && done.created).sort()).toEqual([false, true]);
  expect(await db.scoreModelVersion.count()).toBe(1);
});
