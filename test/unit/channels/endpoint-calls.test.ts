import type { Agent } from 'node:http';
import { guardedAgents } from '../../../activities/providers/endpoints/guarded-agent';
import { signedHeaders } from '../../../activities/providers/endpoints/webhook-signature';
import { classifyEndpoint } from '../../../activities/providers/endpoints/endpoint-answers';
import { httpPost, type HttpAnswer } from '../../../activities/providers/http-post';
import { urlFault } from '../../../api/webhooks/endpoint-url';
import { Webhook } from 'standardwebhooks';
import { startFakeServer, type FakeServer } from '../../support/fake-server';

const post = (url: string, agent?: Agent, timeoutMs = 2_000) =>
  httpPost({ url, body: '{}', headers: { 'Content-Type': 'application/json' }, timeoutMs, agent });

describe('where endpoints may not stand', () => {
  let fake: FakeServer;
  let port: string;
  beforeAll(async () => {
    fake = await startFakeServer(() => ({ status: 200 }));
    port = new URL(fake.url).port;
  });
  afterAll(() => fake.stop());

  const barred = { kind: 'not-sent', why: 'its host has an address that is not allowed', isBarred: true };
  const guarded = async (url: string) => post(url, await guardedAgents([])(url));

  test.each([
    ['loopback', 'http://127.0.0.1:PORT/'],
    ['a name that leads to loopback', 'http://localhost:PORT/'],
    ['loopback as one number', 'http://2130706433:PORT/'],
    ['loopback in octal', 'http://0177.0.0.1:PORT/'],
    ['loopback in hexadecimal', 'http://0x7f.1:PORT/'],
    ['loopback of IPv6', 'http://[::1]:PORT/'],
    ['IPv4 inside IPv6', 'http://[::ffff:127.0.0.1]:PORT/'],
    ['IPv4 at the end of IPv6', 'http://[::127.0.0.1]:PORT/'],
    ['NAT64 of loopback', 'http://[64:ff9b::7f00:1]:PORT/'],
    ['6to4 of loopback', 'http://[2002:7f00:1::]:PORT/'],
    ['no address', 'http://0.0.0.0:PORT/'],
    ['the metadata service', 'http://169.254.169.254/latest/meta-data'],
    ['a private network', 'http://10.1.2.3/'],
    ['another private network', 'http://172.16.0.1/'],
    ['a home network', 'http://192.168.1.1/'],
    ['a carrier network', 'http://100.64.0.1/'],
    ['unique local IPv6', 'http://[fd00::1]/'],
    ['link local IPv6', 'http://[fe80::1]/'],
    ['a benchmark network', 'http://198.18.0.1/'],
    ['multicast', 'http://224.0.0.1/'],
    ['loopback over TLS', 'https://127.0.0.1:PORT/'],
  ])('%s is not connected to', async (_, url) => {
    expect(await guarded(url.replace('PORT', port))).toEqual(barred);
    expect(fake.calls).toBe(0);
  });

  test('the address connected to counts, not the name', async () => {
    const url = `http://rebinding.example.com:${port}/`;
    const agent = await guardedAgents([])(url);
    // As a name server that answers with another address each time it is asked.
    const { options } = agent as unknown as { options: object };
    Object.assign(options, {
      lookup: (_host: string, wanted: { all?: boolean }, done: (...answer: unknown[]) => void) =>
        wanted.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4),
    });
    expect(await post(url, agent)).toEqual(barred);
    expect(fake.calls).toBe(0);
  });

  test('a named host is reached wherever it is', async () => {
    const agent = await guardedAgents(['127.0.0.1'])(fake.url);
    expect(await post(fake.url, agent)).toMatchObject({ kind: 'answered', status: 200 });
  });

  test.each([
    ['https://hooks.example.com/services/x', null],
    ['capture:', null],
    ['http://127.0.0.1:9/x', null],
    ['http://hooks.example.com/x', /https/],
    ['https://user:word@hooks.example.com/', /password/],
    ['https://10.0.0.1/', /public host/],
    ['https://[::1]/', /public host/],
    ['https://2852039166/', /public host/],
    ['https://intranet/', /public host/],
    ['ftp://127.0.0.1/', /https/],
    ['nowhere', /URL/],
  ])('%s is judged when it is written', (url, fault) => {
    const found = urlFault(url, ['127.0.0.1']);
    if (fault === null) expect(found).toBeNull();
    else expect(found).toMatch(fault);
  });
});

describe('one call', () => {
  let fake: FakeServer;
  beforeAll(async () => {
    fake = await startFakeServer(() => ({ status: 200, body: 'fine' }));
  });
  afterAll(() => fake.stop());

  test('follows no redirect', async () => {
    const before = fake.calls;
    fake.script({ kind: 'refuse', status: 302, headers: { location: `${fake.url}/elsewhere` } });
    expect(await post(fake.url)).toMatchObject({ kind: 'answered', status: 302 });
    expect(fake.calls).toBe(before + 1);
  });

  test('reads a small part of a large answer', async () => {
    fake.script({ kind: 'refuse', status: 200, body: 'x'.repeat(5_000_000) });
    const answer = await post(fake.url);
    expect(answer.kind === 'answered' && answer.body.length).toBe(64_000);
  });

  test.each<[string, () => void, HttpAnswer]>([
    ['a hang', () => fake.script({ kind: 'hang' }), { kind: 'lost', why: 'answer lost: time-out' }],
    ['a cut connection', () => fake.script({ kind: 'reset' }), { kind: 'lost', why: 'answer lost: ECONNRESET' }],
  ])('%s may have arrived', async (_, prepare, expected) => {
    prepare();
    expect(await post(fake.url, undefined, 300)).toEqual(expected);
  });

  test.each([
    ['nobody there', 'http://127.0.0.1:1/', 'not reached: ECONNREFUSED'],
    ['no such name', 'http://no-such-host.invalid/', /^not reached: (ENOTFOUND|EAI_AGAIN)$/],
  ])('%s did not leave', async (_, url, why) => {
    const answer = await post(url);
    expect(answer).toMatchObject({ kind: 'not-sent', isBarred: false });
    if (answer.kind === 'not-sent') expect(answer.why).toMatch(why);
  });
});

describe('what an answer means', () => {
  const called = { idempotent: false, ageMs: 0, now: 1_000 };
  const answered = (status: number, retryAfter: string | null = null): HttpAnswer => ({
    kind: 'answered',
    status,
    retryAfter,
    body: '',
  });

  test.each([
    [200, 'accepted'],
    [204, 'accepted'],
    [301, 'circuit'],
    [400, 'rejected'],
    [401, 'circuit'],
    [404, 'circuit'],
    [410, 'circuit'],
    [413, 'rejected'],
    [422, 'rejected'],
    [429, 'retryable'],
    [500, 'unknown'],
    [502, 'unknown'],
    [408, 'unknown'],
  ])('%d is %s', (status, kind) => {
    expect(classifyEndpoint(answered(status), called).kind).toBe(kind);
  });

  test('429 waits as long as it is told', () => {
    const answer = classifyEndpoint(answered(429, '120'), called);
    expect(answer.kind === 'retryable' && answer.at).toBeGreaterThanOrEqual(121_000);
    expect(answer.kind === 'retryable' && answer.at).toBeLessThan(122_001);
  });

  test('an idempotent receiver is called again, a day long', () => {
    const idempotent = { ...called, idempotent: true };
    expect(classifyEndpoint(answered(500), idempotent)).toMatchObject({ kind: 'retryable', at: 6_000, lost: true });
    expect(classifyEndpoint({ kind: 'lost', why: 'x' }, { ...idempotent, ageMs: 25 * 3_600_000 })).toEqual({
      kind: 'unknown',
      why: 'no answer within a day; last: x',
    });
  });
});

test('receivers verify with either secret', () => {
  const secrets = ['new', 'old'].map((name) => `whsec_${Buffer.from(name.repeat(10)).toString('base64')}`);
  const body = JSON.stringify({ type: 'contact.message' });
  const headers = signedHeaders({ id: 'send-1', at: new Date(), body }, secrets);
  for (const secret of secrets) expect(new Webhook(secret).verify(body, headers)).toEqual({ type: 'contact.message' });
  const other = new Webhook(`whsec_${Buffer.from('other'.repeat(10)).toString('base64')}`);
  expect(() => other.verify(body, headers)).toThrow();
  expect(() => new Webhook(secrets[0]!).verify(`${body} `, headers)).toThrow();
});
