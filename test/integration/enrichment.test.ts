import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import pino from 'pino';
import { startWorker } from '../../activities/run-worker';
import { enrichPage } from '../../activities/jobs/enrich';
import type { JobDeps } from '../../activities/jobs/page';
import { httpEnrichment } from '../../activities/providers/enrichment/http';
import { openEnrichJob } from '../../prisma/stores/companies/enrichment';
import { createJob, endJob, findJob, isOver, recordPage, type Job } from '../../prisma/stores/jobs';
import { acceptEvents } from '../../prisma/stores/events';
import { defaultSettings } from '../../prisma/stores/settings';
import { enrichmentKey, startFakeEnrichment, type FakeEnrichment } from '../support/fake-enrichment';
import { poll } from '../support/poll';
import { happening, pumped } from '../support/pump';
import { startWorld, workerConfig, type World } from '../support/world';

jest.setTimeout(120_000);

let world: World;
let provider: FakeEnrichment;
const log = pino({ level: 'silent' });
beforeAll(async () => {
  world = await startWorld();
  provider = await startFakeEnrichment();
});
afterAll(async () => {
  await provider.stop();
  await world.stop();
});
beforeEach(async () => {
  await world.db.$executeRaw`truncate company, company_key, enrichment_answer, contact, contact_identity, event, job`;
  provider.calls = 0;
  provider.known.clear();
});

const port = (more: Partial<Parameters<typeof httpEnrichment>[0]> = {}) =>
  httpEnrichment({ url: provider.template, key: enrichmentKey, allowedHosts: ['127.0.0.1'], timeoutMs: 500, ...more });

async function people(...domains: string[]): Promise<void> {
  const emails = domains.map((domain) => `ann@${domain}`);
  const events = emails.map((email) =>
    happening('contact.identified', { keys: [`email:${email}`], traits: { email } }),
  );
  await pumped(world.db, events);
}

/** The job's pages, one after the other without the pauses between them. Answers it and the pauses. */
async function enriched(
  input: object = {},
  enrichment: JobDeps['enrichment'] = port(),
): Promise<Job & { waits: number[] }> {
  const { db, client } = world;
  const { id } = await createJob(db, { kind: 'enrich', input: { ...input }, requestedBy: null });
  const deps: JobDeps = {
    ...{ db, log, client, enrichment },
    settings: async () => defaultSettings,
    announceDispatch: () => undefined,
  };
  const waits: number[] = [];
  for (;;) {
    const job = await findJob(db, id);
    if (!job || isOver(job.state)) return Object.assign(job ?? ({} as Job), { waits });
    const done = await enrichPage(deps, job);
    if (done?.afterMs) waits.push(done.afterMs);
    if (done) await recordPage(db, id, { ...done, from: job.cursor });
  }
}

/** So that no worker takes it. */
async function cancelOpen(): Promise<void> {
  await world.db.job.updateMany({ data: { state: 'cancelled' } });
}

const company = (domain: string) => world.db.company.findFirstOrThrow({ where: { domain } });
const contact = (email: string) => world.db.contact.findFirstOrThrow({ where: { email } });

test('what is empty is filled, and reaches the contacts', async () => {
  await people('acme.test', 'nobody.test');
  await world.db.company.updateMany({ where: { domain: 'acme.test' }, data: { name: 'Our name' } });
  provider.known.set('acme.test', { name: 'Acme', industry: 'Computer Software', employees: 120, country: 'Germany' });
  const job = await enriched();
  expect(job).toMatchObject({ state: 'done', progress: { total: 2, done: 2, found: 1, unknown: 1, refused: 0 } });
  expect(await company('acme.test')).toMatchObject({
    ...{ name: 'Our name', industry: 'software', companySize: '51-200', country: 'DE' },
    origins: { industry: { from: 'enrichment', given: 'Computer Software' } },
  });
  await pumped(world.db);
  expect(await contact('ann@acme.test')).toMatchObject({
    ...{ company: 'Our name', industry: 'software', companySize: '51-200' },
    origins: { industry: { from: 'enrichment' }, company: { from: 'company' } },
  });
});

test('an answer is kept, also that there is none', async () => {
  await people('acme.test', 'nobody.test');
  provider.known.set('acme.test', { name: 'Acme' });
  await enriched();
  await enriched();
  expect(provider.calls).toBe(2);
  await world.db.enrichmentAnswer.updateMany({ data: { expiresAt: new Date() } });
  await enriched();
  expect(provider.calls).toBe(4);
});

test('a provider that asks to wait is asked again later', async () => {
  await people('acme.test');
  provider.known.set('acme.test', { name: 'Acme' });
  provider.script(
    { kind: 'refuse', status: 429, headers: { 'retry-after': '30' } },
    { kind: 'hang' },
    { kind: 'reset' },
  );
  const { waits, progress } = await enriched();
  expect(waits).toHaveLength(3);
  expect(waits[0]).toBeGreaterThanOrEqual(30_000);
  expect(progress).toMatchObject({ done: 1, found: 1 });
  expect(await company('acme.test')).toMatchObject({ name: 'Acme' });
});

test('one that it never answers is passed over', async () => {
  await people('broken.test', 'acme.test');
  provider.known.set('acme.test', { name: 'Acme' });
  const failing = { ...port(), about: (domain: string) => port().about(domain) };
  failing.about = async (domain) =>
    domain === 'broken.test' ? { kind: 'later', afterMs: 5, why: 'server error (500)' } : port().about(domain);
  const job = await enriched({}, failing);
  expect(job).toMatchObject({ state: 'done', progress: { done: 2, found: 1, refused: 1 } });
});

test('a provider that is away ends the job', async () => {
  await people('one.test', 'two.test', 'three.test', 'four.test');
  const away = { ...port(), about: async () => ({ kind: 'later' as const, afterMs: 5, why: 'server error (500)' }) };
  expect(await enriched({}, away)).toMatchObject({ state: 'failed', error: expect.stringContaining('did not answer') });
  expect(await world.db.company.count({ where: { enrichedAt: { not: null } } })).toBe(0);
});

test('whom it said nothing of is asked about an hour later', async () => {
  await people('broken.test');
  const away = { ...port(), about: async () => ({ kind: 'later' as const, afterMs: 5, why: 'server error (500)' }) };
  expect(await enriched({ isNew: true }, away)).toMatchObject({ state: 'done', progress: { refused: 1 } });
  expect(await openEnrichJob(world.db)).toBe(false);
  await world.db.company.updateMany({ data: { askAfter: new Date() } });
  expect(await openEnrichJob(world.db)).toBe(true);
  await cancelOpen();
});

test('an answer that breaks off is asked for again', async () => {
  await people('acme.test');
  const cut = createServer((_request, response) => {
    response.writeHead(200, { 'content-length': '1000' });
    response.write('{"name":', () => response.destroy());
  });
  await new Promise<void>((resolve) => cut.listen(0, '127.0.0.1', resolve));
  const { port: at } = cut.address() as AddressInfo;
  const about = await port({ url: `http://127.0.0.1:${at}/{domain}` }).about('acme.test');
  cut.close();
  expect(about).toMatchObject({ kind: 'later', why: 'its answer broke off' });
});

test('a refusal is not repeated every minute', async () => {
  await people('acme.test');
  expect(await Promise.all([1, 2, 3].map(() => openEnrichJob(world.db)))).toEqual(
    expect.arrayContaining([true, false, false]),
  );
  const opened = await world.db.job.findMany({ where: { kind: 'enrich' } });
  expect(opened).toHaveLength(1);
  await endJob(world.db, opened[0]?.id ?? '', { state: 'failed', error: 'the provider refuses us (401)' });
  expect(await openEnrichJob(world.db)).toBe(false);
  const hourAgo = new Date(Date.now() - 3_700_000);
  await world.db.job.updateMany({ data: { finishedAt: hourAgo } });
  expect(await openEnrichJob(world.db)).toBe(true);
  await cancelOpen();
});

test('a wrong key ends the job, and says so', async () => {
  await people('acme.test');
  const job = await enriched({}, port({ key: 'wrong' }));
  expect(job).toMatchObject({ state: 'failed', error: 'the provider refuses us (401)' });
});

test('nobody to ask ends the job too', async () => {
  expect(await enriched({}, null)).toMatchObject({ state: 'failed', error: expect.stringContaining('ENRICHMENT_URL') });
});

test('an address that is not allowed is not reached', async () => {
  await people('acme.test');
  const job = await enriched({}, port({ allowedHosts: [] }));
  expect(job).toMatchObject({ state: 'failed', error: expect.stringContaining('not allowed') });
  expect(provider.calls).toBe(0);
});

test('an answer of another form is refused by itself', async () => {
  await people('odd.test', 'text.test', 'acme.test');
  provider.known.set('odd.test', { name: { legal: 'Odd' } });
  provider.known.set('text.test', '<html>');
  provider.known.set('acme.test', { name: 'Acme', industry: null, staff: ['secret'] });
  const { progress, state } = await enriched();
  expect([state, progress]).toMatchObject(['done', { done: 3, found: 1, refused: 2 }]);
  expect(await world.db.enrichmentAnswer.findMany()).toMatchObject([{ domain: 'acme.test', answer: { name: 'Acme' } }]);
});

test('only those that are named are asked about', async () => {
  await people('acme.test', 'other.test');
  const { id } = await company('acme.test');
  expect((await enriched({ companyIds: [id] })).progress).toMatchObject({ total: 1, done: 1 });
});

test('a worker asks about new companies by itself', async () => {
  provider.known.set('fresh.test', { name: 'Fresh', industry: 'SaaS' });
  const enrichment = { url: provider.template, key: enrichmentKey };
  const config = { ...workerConfig(world), enrichment, endpointHosts: ['127.0.0.1'] };
  // The other one knows nobody to ask.
  await world.worker.stop();
  const worker = await startWorker({ config, log, overrides: { sweepEveryMs: 500 } });
  try {
    const traits = { email: 'ann@fresh.test' };
    await acceptEvents(world.db, [happening('contact.identified', { keys: ['email:ann@fresh.test'], traits })]);
    await poll('the industry', async () => {
      const [found] = await world.db.contact.findMany({ where: { email: 'ann@fresh.test', industry: 'saas' } });
      return found !== undefined;
    });
    expect(await world.db.job.count({ where: { kind: 'enrich' } })).toBe(1);
  } finally {
    await worker.stop();
  }
});
