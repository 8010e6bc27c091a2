import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { v7 } from 'uuid';
import { onlyTo } from '../../activities/providers/mail/create-transport';
import { sendgridTransport } from '../../activities/providers/mail/sendgrid';
import type { MailAnswer, MailMessage } from '../../activities/providers/mail/transport';
import { startFakeSendGrid, type FakeSendGrid, type Script } from '../support/fake-sendgrid';

const now = Date.UTC(2026, 10, 23, 9, 0, 0);
let fake: FakeSendGrid;
beforeEach(async () => {
  fake = await startFakeSendGrid();
});
afterEach(() => fake.stop());

const aMail = (more: Partial<MailMessage> = {}): MailMessage => ({
  sendId: v7(),
  from: { email: 'guides@example.com', name: 'Guides' },
  to: 'lead@example.com',
  subject: 'Your guide',
  html: '<p>Here it is</p>',
  text: 'Here it is',
  headers: {
    'List-Unsubscribe': '<https://n.example.com/u/abc>',
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
  },
  ...more,
});
const transport = (apiKey = fake.apiKey, baseUrl = fake.url) =>
  sendgridTransport({ apiKey, baseUrl, timeoutMs: 200, now: () => now });

/** Nothing that is answered or thrown may hold the key, the address or the body. */
function expectNoSecrets(answer: MailAnswer): void {
  const said = JSON.stringify(answer);
  for (const secret of [fake.apiKey, 'lead@example.com', 'Here it is']) expect(said).not.toContain(secret);
}

test('sends what SendGrid wants, once', async () => {
  const mail = aMail({ replyTo: 'owner@example.com' });
  const answer = await transport().send(mail);
  expect(answer).toEqual({ kind: 'accepted', providerMessageId: fake.inbox[0]?.messageId });
  expect(fake.counts()).toEqual(new Map([[mail.sendId, 1]]));
  const body = fake.inbox[0]?.body;
  expect(body?.personalizations[0]?.headers).toEqual(mail.headers);
  expect(body?.reply_to?.email).toBe('owner@example.com');
});

const cases: [string, Script, MailAnswer][] = [
  [
    'waits for the reset of a rate limit',
    { kind: 'too-many', resetSeconds: now / 1_000 + 30 },
    {
      kind: 'retryable',
      at: now + 30_000,
      why: 'too many requests (429)',
    },
  ],
  [
    'rejects a mail that is refused',
    { kind: 'refuse', status: 400 },
    { kind: 'rejected', why: 'refused (400): from.email' },
  ],
  [
    'rejects a mail that is too large',
    { kind: 'refuse', status: 413, body: '<html>' },
    { kind: 'rejected', why: 'refused (413)' },
  ],
  [
    'opens the circuit on a refused key',
    { kind: 'refuse', status: 401 },
    { kind: 'circuit', why: 'key or sender refused (401)' },
  ],
  [
    'opens the circuit on a refused sender',
    { kind: 'refuse', status: 403 },
    { kind: 'circuit', why: 'key or sender refused (403)' },
  ],
  [
    'follows no redirect',
    { kind: 'refuse', status: 307, headers: { location: '/v3/mail/send' } },
    {
      kind: 'circuit',
      why: 'no mail API at the base URL (307)',
    },
  ],
  [
    'does not know after a server error',
    { kind: 'refuse', status: 500 },
    { kind: 'unknown', why: 'server error (500)' },
  ],
  ['does not know after a time-out', { kind: 'hang' }, { kind: 'unknown', why: 'answer lost: ECONNABORTED' }],
  ['does not know after a reset', { kind: 'reset' }, { kind: 'unknown', why: 'answer lost: ECONNRESET' }],
  [
    'does not know when only the answer is lost',
    { kind: 'accept-then-reset' },
    { kind: 'unknown', why: 'answer lost: ECONNRESET' },
  ],
];
test.each(cases)('%s', async (_title, script, expected) => {
  fake.script(script);
  const answer = await transport().send(aMail());
  const close = answer.kind === 'retryable' ? { ...answer, at: answer.at - (answer.at % 1_000) } : answer;
  expect(close).toEqual(expected);
  expectNoSecrets(answer);
  expect(fake.calls).toBe(1);
});

test('tries again when nobody answers', async () => {
  const closed = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => closed.once('listening', resolve));
  const { port } = closed.address() as AddressInfo;
  await new Promise((resolve) => closed.close(resolve));
  const answer = await transport(fake.apiKey, `http://127.0.0.1:${port}`).send(aMail());
  expect(answer).toEqual({ kind: 'retryable', at: now + 10_000, why: 'not reached: ECONNREFUSED' });
});

test('opens the circuit for a wrong key', async () => {
  const answer = await transport('SG.another-key').send(aMail());
  expect(answer.kind).toBe('circuit');
  expect(JSON.stringify(answer)).not.toContain('another-key');
});

test('keeps the keys of two accounts apart', async () => {
  const [good, bad] = [transport(), transport('SG.another-key')];
  expect((await bad.send(aMail())).kind).toBe('circuit');
  expect((await good.send(aMail())).kind).toBe('accepted');
});

test.each([
  ['a line break', { 'List-Unsubscribe': '<https://x>\r\nBcc: all@example.com' }],
  ['a letter beyond ASCII', { 'X-Note': 'ü' }],
  ['a name that replaces the key', { Authorization: 'Bearer x' }],
  ['a name of the provider', { 'X-SG-EID': 'x' }],
  ['an address header', { Bcc: 'all@example.com' }],
])('refuses %s in a header', async (_what, headers) => {
  expect((await transport().send(aMail({ headers: { ...headers } }))).kind).toBe('rejected');
  expect(fake.calls).toBe(0);
});

test('refuses a line break in a subject', async () => {
  const answer = await transport().send(aMail({ subject: 'Hi\r\nBcc: all@example.com' }));
  expect(answer).toEqual({ kind: 'rejected', why: 'subject has control characters' });
});

test('mails only whom the list names', async () => {
  const only = onlyTo(['@example.com', 'one@other.example'], transport());
  expect((await only.send(aMail({ to: 'one@other.example' }))).kind).toBe('accepted');
  expect((await only.send(aMail({ to: 'two@other.example' }))).kind).toBe('rejected');
  expect((await only.send(aMail({ to: 'x@notexample.com' }))).kind).toBe('rejected');
  expect((await only.send(aMail())).kind).toBe('accepted');
});
