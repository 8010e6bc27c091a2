import { saveDraft } from '../../prisma/stores/journeys';
import type { JsonObject } from '../../workflows/domain/json';
import { form, inDays, restingJourney } from '../support/entries';
import { publishedJourney } from '../support/journeys';
import { happening, pumped } from '../support/pump';
import { testApi, type TestApi } from './harness';

let api: TestApi;
beforeEach(async () => {
  api = await testApi();
});
afterEach(() => api.drop());

const preview = async (key: string, body: JsonObject = {}) =>
  (await api.post(`/v1/journeys/${key}/entries/preview`, body).expect(200)).body;
const of = (name: string) => ({ keys: [`email:${name}@example.test`] });
const draft = async (key: string, more: string) => {
  const saved = await saveDraft(api.db, key, { source: restingJourney(key, more) });
  expect(saved.kind).toBe('saved');
};
const written = async () => [
  await api.db.event.count(),
  await api.db.decision.count(),
  await api.db.enrollment.count(),
  await api.db.dispatch.count(),
];

test('stored events say who would have entered', async () => {
  await draft('new', 'entry: [{ event: form.submitted, where: { form: guide } }]\nunless: { segment: customers }');
  const asks = (name: string, more = {}) => form({ form: 'guide' }, { ...of(name), ...more });
  await pumped(api.db, [
    asks('ann'),
    asks('ann'),
    asks('ben', { traits: { lifecycleStage: 'customer' } }),
    form({ form: 'other' }, of('cid')),
    asks('old'),
  ]);
  const old = await api.db.contactIdentity.findFirstOrThrow({ where: { value: 'old@example.test' } });
  await api.db.event.updateMany({ where: { contactId: old.contactId }, data: { receivedAt: inDays(-20) } });
  const before = await written();
  const found = await preview('new', { days: 10 });
  expect(found).toMatchObject({
    by: 'events',
    looked: 2,
    wouldEnter: 1,
    runs: 1,
    refused: { 'kept-out': 1 },
    complete: true,
  });
  const [inside, outside] = found.sample.sort((a: JsonObject, b: JsonObject) => Number(b.enters) - Number(a.enters));
  expect(inside).toMatchObject({ enters: true, code: null, event: { type: 'form.submitted' } });
  expect(outside).toMatchObject({ enters: false, code: 'kept-out' });
  expect(outside.reason).toContain('lifecycleStage');
  expect(await preview('new')).toMatchObject({ looked: 3, wouldEnter: 2 });
  expect(await written()).toEqual(before);
});

test('the n-th event and runs by key are counted', async () => {
  const orders = 'entry: [{ event: order.completed, times: 2, within: 5 days }]\nreentry: { per: orderId }';
  await draft('new', orders);
  const order = (orderId: string | null, name: string) =>
    happening('order.completed', { properties: { orderId }, ...of(name) });
  await pumped(api.db, [
    order('1', 'ann'),
    order('2', 'ann'),
    order('3', 'ann'),
    order('4', 'ben'),
    order(null, 'cid'),
  ]);
  await pumped(api.db, [order(null, 'cid')]);
  expect(await preview('new')).toMatchObject({ looked: 2, wouldEnter: 1, runs: 2, refused: { 'no-key': 1 } });
});

test('what is published is previewed as if it had not been', async () => {
  await publishedJourney(api.db, restingJourney('live', 'entry: [{ event: form.submitted }]'));
  await pumped(api.db, [form({}, of('ann'))]);
  expect(await preview('live', { version: 'published' })).toMatchObject({ wouldEnter: 1 });
  const { contactId } = await api.db.enrollment.findFirstOrThrow();
  const now = await preview('live', { version: 'published', contactIds: [contactId] });
  expect(now).toMatchObject({ by: 'contacts', looked: 1, wouldEnter: 0, refused: { 'already-in': 1 } });
});

test('people are named by segment or condition', async () => {
  await draft('new', 'entry: []\nunless: { field: country, is: FR }');
  const from = (country: string, name: string) => happening('identify', { traits: { country }, ...of(name) });
  await pumped(api.db, [from('DE', 'ann'), from('FR', 'ben'), from('DE', 'cid')]);
  await api.put('/v1/segments/located', { name: 'Located', where: { field: 'country', exists: true } }).expect(201);
  const found = await preview('new', { segment: 'located', limit: 1 });
  expect(found).toMatchObject({ by: 'who', looked: 3, wouldEnter: 2, refused: { 'kept-out': 1 } });
  expect(found.sample).toHaveLength(1);
  expect(await preview('new', { where: { field: 'country', is: 'de' } })).toMatchObject({ looked: 2, wouldEnter: 2 });
  await api.post('/v1/journeys/new/entries/preview', { segment: 'nobody' }).expect(422);
});

test('conditions of entries are previewed by whom they hold for', async () => {
  await draft('new', 'entry: [{ becomes: { field: country, is: DE } }]');
  await pumped(api.db, [happening('identify', { traits: { country: 'DE' } }), happening('page.viewed', of('ben'))]);
  expect(await preview('new')).toMatchObject({ by: 'who', looked: 1, wouldEnter: 1 });
});

test('a version that is not there cannot be previewed', async () => {
  await draft('new', 'entry: []');
  await api.post('/v1/journeys/new/entries/preview', { version: 'published' }).expect(409);
  await api.post('/v1/journeys/none/entries/preview').expect(404);
});
