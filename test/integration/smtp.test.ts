import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { simpleParser, type ParsedMail } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { v7 } from 'uuid';
import { smtpTransport } from '../../activities/providers/mail/smtp';
import type { MailMessage } from '../../activities/providers/mail/transport';

/** What the server says at each point; a null ends the connection instead. */
interface Manners {
  mail?: string | null;
  rcpt?: string | null;
  data?: string | null;
  /** Empty: silence. */
  end?: string | null;
}

const servers: Server[] = [];
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

const now = Date.UTC(2026, 10, 23, 9, 0, 0);
const aMail = (): MailMessage => ({
  sendId: v7(),
  from: { email: 'guides@example.com', name: 'Gülden' },
  to: 'lead@example.com',
  subject: 'Your guide',
  html: '<p>Here it is</p>',
  text: 'Here it is',
  headers: {
    'List-Unsubscribe': '<https://nurture.example.com/u/aaaaaaaaaaaaaaaaaaaaaa>',
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
  },
});

async function startServer(manners: Manners): Promise<{ url: string; mails: string[] }> {
  const mails: string[] = [];
  const server = createServer((socket) => converse(socket, manners, mails));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`, mails };
}

function converse(socket: Socket, { mail, rcpt, data, end }: Manners, mails: string[]): void {
  sockets.push(socket);
  let message: string | null = null;
  const say = (line: string | null) => (line === null ? socket.destroy() : socket.write(`${line}\r\n`));
  socket.on('error', () => undefined);
  say('220 test');
  socket.on('data', (chunk: Buffer) => {
    const text = chunk.toString('utf8');
    if (message !== null) {
      message += text;
      if (!message.endsWith('\r\n.\r\n')) return;
      mails.push(message);
      if (end !== '') say(end === undefined ? '250 taken' : end);
    } else if (/^EHLO/.test(text)) say('250 test');
    else if (/^MAIL/.test(text)) say(mail === undefined ? '250 ok' : mail);
    else if (/^RCPT/.test(text)) say(rcpt === undefined ? '250 ok' : rcpt);
    else if (/^DATA/.test(text)) {
      message = '';
      say(data === undefined ? '354 go on' : data);
    } else say('221 bye');
  });
}

const send = (url: string, mail = aMail()) => smtpTransport({ url, timeoutMs: 300, now: () => now }).send(mail);

test('delivers with List-Unsubscribe on one line', async () => {
  const { url, mails } = await startServer({});
  const mail = aMail();
  expect(await send(url, mail)).toEqual({ kind: 'accepted', providerMessageId: `<${mail.sendId}@example.com>` });
  expect(mails).toHaveLength(1);
  expect(`\r\n${mails[0]}`).toContain(`\r\nList-Unsubscribe: ${mail.headers['List-Unsubscribe']}\r\n`);
  expect(mails[0]).toContain('\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n');
});

test.each([
  ['a sender refused', { mail: '550 no' }, { kind: 'circuit', why: 'MAIL FROM answered 550' }],
  ['a person refused', { rcpt: '550 no such user' }, { kind: 'rejected', why: 'RCPT TO answered 550' }],
  [
    'a person refused for now',
    { rcpt: '450 later' },
    { kind: 'retryable', at: now + 60_000, why: 'RCPT TO answered 450' },
  ],
  ['data refused for now', { data: '451 later' }, { kind: 'retryable', at: now + 60_000, why: 'DATA answered 451' }],
  ['the mail refused', { end: '554 spam' }, { kind: 'rejected', why: 'DATA answered 554' }],
  ['the mail refused for now', { end: '452 full' }, { kind: 'retryable', at: now + 60_000, why: 'DATA answered 452' }],
] as const)('classifies %s', async (_what, manners, expected) => {
  const { url } = await startServer(manners);
  expect(await send(url)).toEqual(expected);
});

test('tries again when cut off before DATA', async () => {
  const { url } = await startServer({ rcpt: null });
  expect((await send(url)).kind).toBe('retryable');
});

test.each([
  ['cut off', null],
  ['left in silence', ''],
])('does not know when %s after DATA', async (_what, end) => {
  const { url, mails } = await startServer({ end });
  const answer = await send(url);
  expect(answer.kind).toBe('unknown');
  expect(mails).toHaveLength(1);
  expect(JSON.stringify(answer)).not.toContain('lead@example.com');
});

test('tries again when nobody answers', async () => {
  const { url } = await startServer({});
  await new Promise((resolve) => servers[0]?.close(resolve));
  expect((await send(url)).kind).toBe('retryable');
});

describe('a server that asks for a password', () => {
  const parsed: ParsedMail[] = [];
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _session, done) =>
      password === 'secret' ? done(null, { user: username }) : done(new Error('wrong')),
    onData: (stream, _session, done) => {
      void simpleParser(stream).then((mail) => (parsed.push(mail), done()));
    },
  });
  const urlWith = (password: string) =>
    `smtp://user:${password}@127.0.0.1:${(server.server.address() as AddressInfo).port}`;
  beforeAll(() => new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve)));
  afterAll(() => new Promise<void>((resolve) => server.close(resolve)));

  test('takes a whole mail', async () => {
    const mail = { ...aMail(), replyTo: 'owner@example.com', subject: 'Für dich 🙂' };
    expect((await send(urlWith('secret'), mail)).kind).toBe('accepted');
    expect(parsed[0]).toMatchObject({ subject: mail.subject, text: mail.text, html: mail.html });
    expect(parsed[0]?.from?.value).toEqual([{ name: 'Gülden', address: 'guides@example.com' }]);
    expect(parsed[0]?.replyTo?.text).toBe('owner@example.com');
    expect(parsed[0]?.messageId).toBe(`<${mail.sendId}@example.com>`);
  });

  test('opens the circuit on a wrong password', async () => {
    const answer = await send(urlWith('wrong-one'));
    expect(answer.kind).toBe('circuit');
    expect(JSON.stringify(answer)).not.toContain('wrong-one');
  });
});
