import pino from 'pino';
import request from 'supertest';
import { startWorker, type RunningWorker } from '../../activities/run-worker';
import { createApp } from '../../api/app';
import { createJourneyControl, type TemporalControl } from '../../api/temporal';
import { addressHash } from '../../prisma/address';
import { createApiKey } from '../../prisma/stores/api-keys';
import { personKey } from '../../workflows/domain/sending/opt-out';
import { testConfig } from '../api/harness';
import { poll } from '../support/poll';
import { testTemporal } from '../support/temporal';
import { startWorld, workerConfig, type World } from '../support/world';

jest.setTimeout(180_000);

const overrides = { sweepEveryMs: 1_000 };
const log = pino({ level: 'silent' });

let world: World;
/** Takes over where the first one was stopped. */
let second: RunningWorker | null = null;
let control: TemporalControl;
let agent: ReturnType<typeof request>;
let bearer: Record<string, string>;
beforeAll(async () => {
  world = await startWorld({ overrides: { pump: undefined, ...overrides } });
  const { db, namespace } = world;
  control = createJourneyControl({ address: testTemporal().address, namespace, apiKey: null, tls: false });
  agent = request(createApp({ db, config: testConfig, control, log, now: () => new Date() }));
  const { key } = await createApiKey(db, { name: 'operator', scopes: ['read', 'operate'] });
  bearer = { Authorization: `Bearer ${key}` };
});
afterAll(async () => {
  await second?.stop();
  await control.close();
  await world.stop();
});

const header = 'email,externalId,firstName,country,consent.topic,consent.source,consent.at,Plan\n';

async function imported(rows: string, query: Record<string, string> = {}): Promise<string> {
  const path = `/v1/imports?${new URLSearchParams({ mapping: '{"Plan":"traits.plan"}', ...query }).toString()}`;
  const sent = agent
    .post(path)
    .set(bearer)
    .set('Content-Type', 'text/csv')
    .send(header + rows);
  return (await sent.expect(202)).body.job.id;
}

function over(id: string) {
  const end = async () => {
    const { body } = await agent.get(`/v1/imports/${id}`).set(bearer).expect(200);
    return body.state !== 'queued' && body.state !== 'running' && body;
  };
  return poll('the import to end', end, { timeoutMs: 150_000 });
}

const row = (name: string) => `${name}@example.test,,${name},Deutschland,education,Fair,2026-03-01,pro\n`;

test('a dry run says what it would come to', async () => {
  await over(await imported(row('known')));
  const before = await world.db.event.count();
  const id = await imported(`${row('known')}${row('New')}nobody,,,,education,Fair,2026-03-01,\n`, { dryRun: 'true' });
  const job = await over(id);
  expect(job).toMatchObject({ state: 'done', progress: { total: 3, done: 2, refused: 1, created: 1, updated: 1 } });
  expect(job.result.rows[1]).toMatchObject({ line: 3, email: 'new@example.test', firstName: 'New', country: 'DE' });
  expect(await world.db.event.count()).toBe(before);
  expect(await world.db.importRow.count({ where: { jobId: id } })).toBe(1);
});

test('people are there, with their consent', async () => {
  const id = await imported(`${row('ann')}${row('bo')}${row('ann')}not-an-address,,,,education,Fair,2026-03-01,\n`);
  const job = await over(id);
  expect(job).toMatchObject({
    state: 'done',
    progress: { total: 4, done: 3, refused: 1, created: 2, updated: 1 },
    secondsLeft: 0,
  });
  const ann = await world.db.contact.findFirstOrThrow({ where: { email: 'ann@example.test' } });
  expect(ann).toMatchObject({ firstName: 'ann', traits: { plan: 'pro' } });
  const [consent] = await world.db.consent.findMany({ where: { contactId: ann.id } });
  expect(consent).toMatchObject({ topic: 'education', source: 'Fair', at: new Date('2026-03-01') });
  const errors = await agent.get(`/v1/imports/${id}/errors`).set(bearer).expect(200);
  expect(errors.text.split('\n')[1]).toBe(
    'not-an-address,,,,education,Fair,2026-03-01,,5,It has no e-mail address as they are.',
  );
  expect(await world.db.importRow.count({ where: { jobId: id } })).toBe(1);
});

test.each(['true', 'false'])('two people in one row are refused (dryRun=%s)', async (dryRun) => {
  const consent = 'education,Fair,2026-03-01,pro\n';
  await over(await imported(`,u-${dryRun},Alice,,${consent}${row(`bob-${dryRun}`)}`));
  const bob = { email: `bob-${dryRun}@example.test` };
  const mixed = `bob-${dryRun}@example.test,u-${dryRun},Robert,,${consent}`;
  const inFile = `c@example.test,u-c,C,,${consent}d@example.test,,D,,${consent}d@example.test,u-c,E,,${consent}`;
  const id = await imported(mixed + inFile.replace(/(\w)@/g, `$1-${dryRun}@`).replaceAll('u-c', `u-c-${dryRun}`), {
    dryRun,
  });
  const job = await over(id);
  expect(job.progress).toMatchObject({ total: 4, done: 2, created: 2, updated: 0, refused: 2 });
  const reasons = await world.db.jobRefusal.findMany({ where: { jobId: id }, orderBy: { subject: 'asc' } });
  expect(reasons).toMatchObject([
    { subject: '2', reason: 'Its id and its address are of two people: see duplicates.' },
    { subject: '5', reason: 'Its id and its address are of two people: see the rows before it.' },
  ]);
  const kept = await world.db.contact.findFirstOrThrow({ where: bob });
  expect(kept).toMatchObject({ firstName: `bob-${dryRun}` });
  const alice = await world.db.contactIdentity.findFirstOrThrow({ where: { kind: 'user', value: `u-${dryRun}` } });
  expect(job.result.twoPeople).toEqual([[alice.contactId, kept.id]]);
  const shown = await agent.get('/v1/duplicates?rule=named-together').set(bearer).expect(200);
  expect(JSON.stringify(shown.body.data)).toContain(kept.id);
  expect(await world.db.contact.count({ where: { firstName: { in: ['Robert', 'E'] } } })).toBe(0);
});

test('an opt-out holds, for the address and the person', async () => {
  await over(await imported(row('known')));
  const known = await world.db.contact.findFirstOrThrow({ where: { email: 'known@example.test' } });
  const list = { marketing: 'false', mapping: '{"Plan":"unsubscribed"}' };
  const id = await imported(
    'known@example.test,,,,,,,2026-03-01\nfresh@example.test,u-fresh,Fresh,,,,,yes\nstays@example.test,,,,,,,no\n',
    list,
  );
  const job = await over(id);
  expect(job.progress).toMatchObject({ done: 3, created: 2, optedOut: 2 });
  const fresh = await world.db.contact.findFirstOrThrow({ where: { email: 'fresh@example.test' } });
  const optOuts = await world.db.suppression.findMany({ where: { source: { path: ['import'], equals: id } } });
  expect(optOuts.map(({ addressHash: key, scope, reason }) => [key, scope, reason]).sort()).toEqual(
    [addressHash('known@example.test'), personKey(known.id), addressHash('fresh@example.test'), personKey(fresh.id)]
      .map((key) => [key, 'global', 'unsubscribed'])
      .sort(),
  );
  expect(optOuts.find(({ addressHash: key }) => key === personKey(known.id))?.at).toEqual(new Date('2026-03-01'));
  const ledger = async () => {
    const rows = await world.db.consent.findMany({ where: { state: 'withdrawn' } });
    return rows.length > 1 && rows.map(({ contactId, topic, source }) => [contactId, topic, source]).sort();
  };
  expect(await poll('the ledger', ledger)).toEqual(
    [known.id, fresh.id].map((contactId) => [contactId, '*', 'import']).sort(),
  );
});

test('each row once though a worker ends midway', async () => {
  const rows = Array.from({ length: 12_000 }, (_, i) => row(`crowd-${i}`)).join('');
  const id = await imported(rows);
  const through = async () => (await world.db.job.findUniqueOrThrow({ where: { id } })).progress as { done?: number };
  await poll('the first', async () => ((await through()).done ?? 0) > 0, { timeoutMs: 60_000 });
  await world.client.workflow.getHandle(`job/import/${id}`).terminate();
  await world.worker.stop();
  second = await startWorker({ config: workerConfig(world), log, overrides });
  const job = await over(id);
  expect(job).toMatchObject({ state: 'done', progress: { total: 12_000, done: 12_000, created: 12_000, refused: 0 } });
  const [counts] = await world.db.$queryRaw<object[]>`
    select count(*)::int as events, count(distinct contact_id)::int as people
    from event where origin = 'import' and starts_with(message_id, ${id}) and processed`;
  expect(counts).toEqual({ events: 12_000, people: 12_000 });
});
