import { v7 } from 'uuid';
import { Problem } from '../../api/http/problems';
import { aSentMail, type SentMail } from '../support/sent-mail';
import { testApi, type TestApi } from './harness';

let api: TestApi;
beforeEach(async () => void (api = await testApi()));
afterEach(() => api.drop());

const bulk = (body: object, filter: object = {}) =>
  api.post('/v1/sends/bulk', { filter: { state: 'unknown', ...filter }, ...body });
const unknown = () => aSentMail(api.db, { state: 'unknown' });
const stateOf = async ({ sendId }: SentMail) => (await api.db.send.findUniqueOrThrow({ where: { id: sendId } })).state;
const workflowOf = async ({ sendId }: SentMail) => {
  const { journeyKey, enrollmentId } = await api.db.send.findUniqueOrThrow({ where: { id: sendId } });
  return `${journeyKey}/${enrollmentId}`;
};

test('a dry run counts and changes nothing', async () => {
  const mails = [await unknown(), await unknown()];
  await aSentMail(api.db);
  const { body } = await bulk({ action: 'abandon', dryRun: true }).expect(200);
  expect(body).toEqual({ matched: 2, done: 0, refused: [], next: null });
  expect(await Promise.all(mails.map(stateOf))).toEqual(['unknown', 'unknown']);
});

test('abandon settles each and wakes its journey', async () => {
  const mails = [await unknown(), await unknown()];
  const accepted = await aSentMail(api.db);
  const { body } = await bulk({ action: 'abandon' }).expect(200);
  expect(body).toEqual({ matched: 2, done: 2, refused: [], next: null });
  expect(await Promise.all([...mails, accepted].map(stateOf))).toEqual(['suppressed', 'suppressed', 'accepted']);
  const owed = await api.db.dispatch.findMany({ orderBy: { id: 'asc' } });
  expect(owed.map(({ enrollmentId }) => enrollmentId).sort()).toEqual(mails.map((mail) => mail.enrollmentId).sort());
  expect((await bulk({ action: 'abandon' }).expect(200)).body).toMatchObject({ matched: 0, done: 0 });
});

test('resend refuses where the journey has gone on', async () => {
  const [there, gone] = [await unknown(), await unknown()];
  await api.db.enrollment.update({ where: { id: gone.enrollmentId }, data: { visit: 2 } });
  const { body } = await bulk({ action: 'resend' }).expect(200);
  expect(body).toMatchObject({ matched: 2, done: 1, refused: [{ id: gone.sendId }] });
  expect(body.refused[0].reason).toContain('gone on');
  expect(api.control.calls).toEqual([`retry ${await workflowOf(there)}`]);
  const sends = await api.db.send.findMany({ where: { mayResend: true } });
  expect(sends.map(({ id }) => id)).toEqual([there.sendId]);
});

test('the filter narrows by journey, step and age', async () => {
  const [old, fresh] = [await unknown(), await unknown()];
  const begunAt = new Date(Date.now() - 3 * 3_600_000);
  const { journeyKey } = await api.db.send.update({ where: { id: old.sendId }, data: { begunAt } });
  const matched = async (filter: object) =>
    (await bulk({ action: 'abandon', dryRun: true }, filter).expect(200)).body.matched;
  expect(await matched({ olderThan: '2 hours' })).toBe(1);
  expect(await matched({ olderThan: '4 hours' })).toBe(0);
  expect(await matched({ journey: journeyKey })).toBe(1);
  expect(await matched({ stepId: 'hello' })).toBe(2);
  expect(await matched({ stepId: 'other' })).toBe(0);
  await bulk({ action: 'abandon' }, { olderThan: '2 hours' }).expect(200);
  expect([await stateOf(old), await stateOf(fresh)]).toEqual(['suppressed', 'unknown']);
});

test('an absent Temporal stops it and says where', async () => {
  for (let n = 0; n < 12; n += 1) await unknown();
  api.control.onCall = () => Promise.reject(new Problem('temporal-away', 'Try again in a moment.'));
  const first = await bulk({ action: 'resend' }).expect(200);
  expect(first.body).toMatchObject({ matched: 12, done: 0 });
  expect(first.body.refused).toHaveLength(10);
  api.control.onCall = () => Promise.resolve();
  const rest = await bulk({ action: 'resend', cursor: first.body.next }).expect(200);
  expect(rest.body).toMatchObject({ done: 2, refused: [], next: null });
});

test('one call takes five hundred, the next the rest', async () => {
  const { sendId } = await unknown();
  const { id: _, ...row } = await api.db.send.findUniqueOrThrow({ where: { id: sendId } });
  const copies = Array.from({ length: 500 }, (_copy, n) => ({
    ...{ ...row, id: v7(), key: `copy/${n}/email`, unsubscribeToken: `copy-${n}`, visit: n + 2 },
  }));
  await api.db.send.createMany({ data: copies });
  const first = await bulk({ action: 'resend' }).expect(200);
  expect([first.body.matched, first.body.done, first.body.refused.length]).toEqual([501, 1, 499]);
  const rest = await bulk({ action: 'resend', cursor: first.body.next }).expect(200);
  expect([rest.body.done, rest.body.refused.length, rest.body.next]).toEqual([0, 1, null]);
});

test.each([
  ['another state', { filter: { state: 'accepted' }, action: 'abandon' }],
  ['no filter', { action: 'abandon' }],
  ['another action', { filter: { state: 'unknown' }, action: 'delete' }],
  ['a strange age', { filter: { state: 'unknown', olderThan: 'a while' }, action: 'abandon' }],
  ['a strange cursor', { filter: { state: 'unknown' }, action: 'abandon', cursor: 'x' }],
])('%s is refused', async (_title, body) => {
  const mail = await unknown();
  const answer = await api.post('/v1/sends/bulk', body).expect(400);
  expect(answer.body.errors[0].in).toBe('body');
  expect(await stateOf(mail)).toBe('unknown');
});
