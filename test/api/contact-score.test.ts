import { standardScoreModel } from '../../prisma/catalog';
import { happening, pumped } from '../support/pump';
import { publishedModel } from '../support/scores';
import { testApi, type TestApi } from './harness';
import { aContact } from './people';

const day = 86_400_000;
const start = Date.parse('2026-05-01T09:00:00Z');
const after = (days: number) => new Date(start + days * day);

let api: TestApi;
let ann: string;
const score = async (query = '') => (await api.get(`/v1/contacts/${ann}/score${query}`).expect(200)).body;
const at = (days: number) => score(`?at=${after(days).toISOString()}`);

beforeAll(async () => {
  api = await testApi({ now: () => after(8) });
  await publishedModel(api.db, standardScoreModel());
  const on = (days: number, type: string, more: object = {}) => happening(type, { occurredAt: after(days), ...more });
  await pumped(api.db, [
    on(0, 'identify', { traits: { email: 'ann@example.test', jobTitle: 'VP Sales', industry: 'saas' } }),
    on(1, 'page.viewed', { properties: { path: '/pricing' } }),
    on(2, 'page.viewed', { properties: { path: '/pricing/teams' } }),
    on(3, 'webinar.attended'),
    on(6, 'demo.requested'),
    on(7, 'demo.requested'),
  ]);
  ann = (await api.db.contact.findFirstOrThrow()).id;
}, 60_000);
afterAll(() => api.drop());

test('says what gave the points, and to what they lead', async () => {
  const body = await score();
  expect(body).toMatchObject({
    ...{ at: after(8).toISOString(), model: 1, total: 95, fit: 25, engagement: 70 },
    ...{ tier: 'high', grade: 'A1', ready: true, missing: [], blocked: false },
  });
  expect(body.contributions.map(({ rule, points }: { rule: string; points: number }) => [rule, points])).toEqual([
    ['demo', 25],
    ['webinar', 20],
    ['pricing-again', 15],
    ['pricing', 10],
    ['target-industry', 10],
    ['decides', 15],
  ]);
  const [demo] = body.contributions;
  const { seq } = await api.db.event.findFirstOrThrow({ where: { type: 'demo.requested' }, orderBy: { seq: 'asc' } });
  expect(demo).toMatchObject({ kind: 'rule', axis: 'engagement', event: String(seq), at: after(6).toISOString() });
  expect(body.history.map(({ kind, to }: { kind: string; to: string }) => [kind, to])).toEqual([
    ['ready', 'yes'],
    ['tier', 'high'],
    ['tier', 'medium'],
    ['tier', 'low'],
  ]);
});

test('says it in words', async () => {
  const { summary, rules, history } = await score();
  expect(summary).toBe(
    '95 points, tier high since 2026-05-07 09:00: fit 25, engagement 70, grade A1. Ready for sales.',
  );
  expect(rules[0]).toMatchObject({ rule: 'demo', points: 25, times: 1 });
  expect(history[1].words).toBe('2026-05-07 09:00: up from tier medium to high, at 95 points');
});

test('shows any moment of the past', async () => {
  expect(await at(-1)).toMatchObject({ total: 0, tier: 'none', contributions: [], history: [] });
  expect(await at(1.5)).toMatchObject({ total: 35, engagement: 10, tier: 'medium', ready: false });
  const before = await at(5);
  expect(before).toMatchObject({ total: 70, fit: 25, engagement: 45, tier: 'medium', ready: false });
  expect(before.missing).toEqual([expect.stringContaining('high is needed')]);
  expect(before.contributions).toHaveLength(5);
});

test('shows what time alone will do', async () => {
  const later = await at(7 + 61);
  expect(later).toMatchObject({ total: 85, engagement: 60, tier: 'high', ready: false });
  const sum = later.rules.reduce((all: number, { points }: { points: number }) => all + points, 0);
  expect(sum).toBe(85);
  expect(later.rules).toContainEqual(expect.objectContaining({ rule: 'silence', points: -10, times: 2 }));
  expect(later.history.slice(0, 2).map(({ kind, to }: { kind: string; to: string }) => [kind, to])).toEqual([
    ['ready', 'no'],
    ['ready', 'yes'],
  ]);
});

test('contributions follow page by page', async () => {
  const rules: string[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const body = await score(`?limit=2${cursor && `&cursor=${cursor}`}`);
    rules.push(...body.contributions.map(({ rule }: { rule: string }) => rule));
    cursor = body.next;
  }
  expect(rules).toEqual(['demo', 'webinar', 'pricing-again', 'pricing', 'target-industry', 'decides']);
});

test('points by hand count, once for a key', async () => {
  const ben = await aContact(api.db);
  const give = (body: object, key = 'first') =>
    api.post(`/v1/contacts/${ben}/points`, body).set('Idempotency-Key', key);
  const asked = { axis: 'engagement', points: 30, reason: 'met at the fair' };
  const { body: answer } = await give(asked).expect(201);
  expect(answer).toEqual({ ...asked, at: after(8).toISOString() });
  await give(asked).expect(201);
  const { body } = await api.get(`/v1/contacts/${ben}/score`).expect(200);
  expect(body).toMatchObject({ total: 30, tier: 'medium' });
  expect(body.contributions).toMatchObject([{ kind: 'hand', rule: 'met at the fair', points: 30, journey: null }]);
  const told = await api.db.event.findMany({ where: { type: 'score.tier_changed', keys: { has: `contact:${ben}` } } });
  expect(told.map(({ properties }) => properties)).toMatchObject([{ from: 'none', to: 'medium', total: 30 }]);
  await give({ ...asked, points: 0 }, 'second').expect(400);
  await api.post('/v1/contacts/018f0000-0000-7000-8000-000000000000/points', asked).expect(404);
});

test('who was given nothing has no points', async () => {
  const { body } = await api.get(`/v1/contacts/${await aContact(api.db)}/score`).expect(200);
  expect(body).toMatchObject({ total: 0, tier: 'none', grade: 'D4', contributions: [], next: null });
});

test('says that a later model counts the past', async () => {
  await publishedModel(
    api.db,
    'model: other\nexplain: Nothing counts but demos.\nengagement: [{ id: demo, on: demo.requested, points: 1 }]',
  );
  const published = (await api.db.scoreModelVersion.findFirstOrThrow({ where: { number: 2 } })).createdAt.toISOString();
  const said = ` As version 2 of the model counts, which was published later, on ${published.slice(0, 16).replace('T', ' ')}.`;
  expect((await at(5)).summary).toMatch(/ Not ready for sales\. As version 2/);
  expect((await at(5)).summary.endsWith(said)).toBe(true);
  expect((await score(`?at=${new Date(Date.parse(published) + day).toISOString()}`)).summary).toMatch(/for sales\.$/);
});

test('refuses what is no moment and no contact', async () => {
  await api.get(`/v1/contacts/${ann}/score?at=yesterday`).expect(400);
  await api.get(`/v1/contacts/${ann}/score?cursor=x`).expect(400);
  const forged = Buffer.from(`9999999999999999/${ann}`).toString('base64url');
  await api.get(`/v1/contacts/${ann}/score?cursor=${forged}`).expect(400);
  await api.get('/v1/contacts/018f0000-0000-7000-8000-000000000000/score').expect(404);
});
