import { v7 } from 'uuid';
import request from 'supertest';
import { createApiKey } from '../../prisma/stores/api-keys';
import { givePoints } from '../../prisma/stores/scores/points';
import { inTransaction } from '../../prisma/client';
import { insertTask } from '../../prisma/stores/tasks';
import { testApi, type TestApi } from './harness';
import { aContact } from './people';

const MONDAY = new Date('2026-11-23T10:00:00Z');

let api: TestApi;
let contactId: string;
let clock: Date;
beforeAll(async () => void (api = await testApi({ now: () => clock })));
afterAll(() => api.drop());
beforeEach(async () => {
  clock = MONDAY;
  contactId = await aContact(api.db);
});

const ids = async (query: string): Promise<string[]> => {
  const { body } = await api.get(`/v1/tasks?${query}`).expect(200);
  return body.data.map(({ id }: { id: string }) => id);
};
const opened = async (more: object = {}): Promise<string> =>
  (await api.post('/v1/tasks', { contactId, title: 'Call them', ...more }).expect(201)).body.id;

describe('tasks', () => {
  test('one opened by hand is due in working time', async () => {
    const { body } = await api.post('/v1/tasks', {
      contactId,
      type: 'call',
      title: ' Call ',
      due: '9 hours',
      owner: 'ann',
    });
    expect(body).toMatchObject({ type: 'call', title: 'Call', owner: 'ann', team: null, status: 'open', note: null });
    expect(body.dueAt).toBe('2026-11-24T11:00:00.000Z');
  });

  test('they are found by owner, contact and status', async () => {
    const [first, second] = [await opened({ owner: 'bob' }), await opened({ team: 'support' })];
    expect(await ids(`contactId=${contactId}`)).toEqual([second, first]);
    expect(await ids('owner=bob')).toEqual([first]);
    expect(await ids(`contactId=${contactId}&team=support&status=open`)).toEqual([second]);
    await api.post(`/v1/tasks/${first}/complete`).expect(200);
    expect(await ids(`contactId=${contactId}&status=open`)).toEqual([second]);
    expect(await ids(`contactId=${contactId}&status=completed`)).toEqual([first]);
  });

  test('a page follows a page', async () => {
    const all = [await opened(), await opened(), await opened()].reverse();
    const { body } = await api.get(`/v1/tasks?contactId=${contactId}&limit=2`);
    expect(body.data.map(({ id }: { id: string }) => id)).toEqual(all.slice(0, 2));
    expect(await ids(`contactId=${contactId}&limit=2&cursor=${body.next}`)).toEqual(all.slice(2));
  });

  test('a finished one is told once', async () => {
    const id = await opened({ type: 'linkedin' });
    const done = await api.post(`/v1/tasks/${id}/complete`, { outcome: 'connected' }).expect(200);
    expect(done.body).toMatchObject({ status: 'completed', outcome: 'connected', completedAt: MONDAY.toISOString() });
    expect((await api.post(`/v1/tasks/${id}/complete`).expect(409)).body.code).toBe('not-allowed-now');
    await api.post(`/v1/tasks/${id}/snooze`, { until: '2026-12-01T09:00:00Z' }).expect(409);
    const told = await api.db.event.findMany({ where: { messageId: `task.completed:${id}` } });
    expect(told).toMatchObject([
      {
        ...{ type: 'task.completed', keys: [`contact:${contactId}`], hops: 1 },
        properties: { taskId: id, type: 'linkedin', journey: null, outcome: 'connected' },
      },
    ]);
  });

  test('a snooze that is over is open', async () => {
    const id = await opened();
    const { body } = await api.post(`/v1/tasks/${id}/snooze`, { until: '2026-11-24T09:00:00Z' }).expect(200);
    expect(body).toMatchObject({ status: 'snoozed', snoozedUntil: '2026-11-24T09:00:00.000Z' });
    expect(await ids(`contactId=${contactId}&status=open`)).toEqual([]);
    expect(await ids(`contactId=${contactId}&status=snoozed`)).toEqual([id]);
    clock = new Date('2026-11-24T09:00:00Z');
    expect(await ids(`contactId=${contactId}&status=open`)).toEqual([id]);
    expect(await ids(`contactId=${contactId}&status=snoozed`)).toEqual([]);
    await api.post(`/v1/tasks/${id}/snooze`, { until: '2026-11-24T09:00:00Z' }).expect(400);
  });

  test('who is not there has no task', async () => {
    await api.post('/v1/tasks', { contactId: v7(), title: 'x' }).expect(404);
    await api.post(`/v1/tasks/${v7()}/complete`).expect(404);
    await api.post('/v1/tasks', { contactId, title: 'x', due: '1 day', dueAt: MONDAY.toISOString() }).expect(400);
  });

  test('a joined contact’s task goes to the other', async () => {
    const into = await aContact(api.db);
    await api.db.contact.update({ where: { id: contactId }, data: { mergedInto: into } });
    expect((await api.post('/v1/tasks', { contactId, title: 'x' }).expect(201)).body.contactId).toBe(into);
  });

  test('sales or operate is enough', async () => {
    for (const [scope, status] of [
      ['sales', 200],
      ['operate', 200],
      ['read', 403],
    ] as const) {
      const { key } = await createApiKey(api.db, { name: scope, scopes: [scope] });
      await request(api.app)
        .get('/v1/tasks')
        .set({ Authorization: `Bearer ${key}` })
        .expect(status);
    }
  });

  test('a visit opens one task', async () => {
    const of = { enrollmentId: v7(), visit: 3, journeyKey: 'j', stepId: 's', type: 'call', title: 't' } as const;
    const row = { ...of, contactId, owner: null, team: null, note: null, dueAt: null };
    for (const id of [v7(), v7()]) await inTransaction(api.db, (tx) => insertTask(tx, { ...row, id }));
    expect(await ids(`enrollmentId=${of.enrollmentId}`)).toHaveLength(1);
  });
});

describe('the score', () => {
  test('is the sum of its contributions', async () => {
    const entry = (points: number, axis: 'fit' | 'engagement', rule: string, visit: number) => ({
      ...{ id: v7(), contactId, axis, rule, points, at: MONDAY.getTime() - 10 + visit, journeyKey: 'j' },
      ...{ enrollmentId: contactId, visit },
    });
    const entries = [
      entry(30, 'fit', 'right size', 1),
      entry(50, 'engagement', 'asked', 2),
      entry(-9, 'fit', 'far', 3),
    ];
    await inTransaction(api.db, (tx) => givePoints(tx, entries));
    await inTransaction(api.db, (tx) => givePoints(tx, [entry(99, 'fit', 'again', 3)]));
    const { body } = await api.get(`/v1/contacts/${contactId}/score`).expect(200);
    expect(body).toMatchObject({ total: 71, fit: 21, engagement: 50, tier: 'high' });
    const given = { kind: 'step', lost: 0, event: null, journey: 'j', modelVersion: null };
    expect(body.contributions).toEqual([
      { ...given, rule: 'far', axis: 'fit', points: -9, at: '2026-11-23T09:59:59.993Z' },
      { ...given, rule: 'asked', axis: 'engagement', points: 50, at: '2026-11-23T09:59:59.992Z' },
      { ...given, rule: 'right size', axis: 'fit', points: 30, at: '2026-11-23T09:59:59.991Z' },
    ]);
  });

  test('of nobody is nothing', async () => {
    const { body } = await api.get(`/v1/contacts/${contactId}/score`).expect(200);
    expect(body).toMatchObject({ total: 0, fit: 0, engagement: 0, tier: 'none', contributions: [] });
    await api.get(`/v1/contacts/${v7()}/score`).expect(404);
  });
});
