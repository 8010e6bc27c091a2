import { createHash, createSign, generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';

/** What the next mail meets. The mail is taken by `accept` and by `accept-then-reset`, whose answer is lost. */
export type Script =
  | { kind: 'accept' }
  | { kind: 'refuse'; status: number; body?: string; headers?: Record<string, string> }
  | { kind: 'too-many'; resetSeconds: number }
  | { kind: 'hang' }
  | { kind: 'reset' }
  | { kind: 'accept-then-reset' };

export interface Received {
  sendId: string;
  messageId: string;
  to: string;
  subject: string;
  body: z.infer<typeof mailBody>;
}

export interface FakeSendGrid {
  url: string;
  apiKey: string;
  /** Verifies the batches it emits. */
  publicKey: string;
  inbox: Received[];
  /** Requests to the mail API, also those that were refused. */
  calls: number;
  /** How many times each send was taken. */
  counts(): Map<string, number>;
  /** Scripts for the next mails, one each; then `otherwise` again. */
  script(...scripts: Script[]): void;
  otherwise: Script;
  delayMs: number;
  /** A webhook body as SendGrid writes it, signed. */
  batch(items: object[]): SignedBody;
  /**
   * Tells a webhook of every mail it took, as SendGrid may: each event twice, in no order, a few in a batch. Answers the
   * statuses it got.
   */
  emit(webhookUrl: string, events: readonly string[]): Promise<number[]>;
  /** Any text, signed: for bodies that SendGrid would not write. */
  sign(body: string): SignedBody;
  stop(): Promise<void>;
}

export interface SignedBody {
  body: string;
  headers: Record<string, string>;
}

const address = z.strictObject({ email: z.email(), name: z.string().optional() });
const off = z.strictObject({ enable: z.literal(false), enable_text: z.literal(false).optional() });

/** Strict: a field that Nurture never means to send fails the mail, as does tracking that is on. */
const mailBody = z.strictObject({
  from: address,
  reply_to: address.optional(),
  subject: z.string().min(1),
  personalizations: z
    .array(
      z.strictObject({
        to: z.array(address).length(1),
        headers: z.record(z.string(), z.string().regex(/^[\x20-\x7e]*$/)),
        custom_args: z.strictObject({ send_id: z.uuid() }),
      }),
    )
    .length(1),
  content: z.tuple([
    z.strictObject({ type: z.literal('text/plain'), value: z.string().min(1) }),
    z.strictObject({ type: z.literal('text/html'), value: z.string().min(1) }),
  ]),
  tracking_settings: z.strictObject({ click_tracking: off, open_tracking: off, subscription_tracking: off }),
});

/** SendGrid on loopback: checks what it is sent, fails as told, keeps what it took. Remembers no send id, like the real one. */
export async function startFakeSendGrid({ port = 0, apiKey = 'SG.fake-key-of-a-test' } = {}): Promise<FakeSendGrid> {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const queue: Script[] = [];
  const server = createServer((request, response) => void answer(fake, queue, { request, response }));
  const fake: FakeSendGrid = {
    url: '',
    apiKey,
    publicKey: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
    inbox: [],
    calls: 0,
    otherwise: { kind: 'accept' },
    delayMs: 0,
    counts: () => countBy(fake.inbox),
    script: (...scripts) => void queue.push(...scripts),
    emit: (webhookUrl, events) => emitAll(fake, webhookUrl, events),
    batch: (items) => fake.sign(batchText(items)),
    sign: (body) => {
      const timestamp = String(Math.floor(Date.now() / 1_000));
      const signature = createSign('sha256')
        .update(timestamp + body)
        .sign(privateKey, 'base64');
      return { body, headers: signatureHeaders(signature, timestamp) };
    },
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  fake.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return fake;
}

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
}

async function answer(fake: FakeSendGrid, queue: Script[], { request, response }: Exchange): Promise<void> {
  const raw = await bodyOf(request);
  if (request.method !== 'POST' || request.url !== '/v3/mail/send')
    return reply(response, 404, '<html>not here</html>');
  fake.calls += 1;
  if (request.headers.authorization !== `Bearer ${fake.apiKey}`) return reply(response, 401, errorBody('unauthorized'));
  const script = queue.shift() ?? fake.otherwise;
  const mail = mailBody.safeParse(asJson(raw));
  if (!mail.success) return reply(response, 400, errorBody(mail.error.message, mail.error.issues[0]?.path.join('.')));
  if (fake.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, fake.delayMs));
  perform(fake, script, { body: mail.data, response });
}

function perform(fake: FakeSendGrid, script: Script, mail: { body: Received['body']; response: ServerResponse }): void {
  const { response } = mail;
  switch (script.kind) {
    case 'accept':
      return reply(response, 202, '', { 'x-message-id': take(fake, mail.body) });
    case 'accept-then-reset':
      take(fake, mail.body);
      return void response.socket?.resetAndDestroy();
    case 'reset':
      return void response.socket?.resetAndDestroy();
    case 'hang':
      return;
    case 'too-many': {
      const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(script.resetSeconds) };
      return reply(response, 429, errorBody('too many requests'), headers);
    }
    case 'refuse':
      return reply(response, script.status, script.body ?? errorBody('refused', 'from.email'), script.headers);
  }
}

function take(fake: FakeSendGrid, body: Received['body']): string {
  const messageId = randomUUID().replaceAll('-', '').slice(0, 22);
  const person = body.personalizations[0];
  if (!person) throw new Error('checked before');
  const { to, custom_args: args } = person;
  fake.inbox.push({ sendId: args.send_id, messageId, to: to[0]?.email ?? '', subject: body.subject, body });
  return messageId;
}

async function emitAll(fake: FakeSendGrid, webhookUrl: string, events: readonly string[]): Promise<number[]> {
  const items = fake.inbox.flatMap((mail) => events.map((event) => itemOf(mail, event)));
  const disordered = [...items, ...items].sort((a, b) => (a.place < b.place ? -1 : 1)).map(({ item }) => item);
  const statuses: number[] = [];
  for (let at = 0; at < disordered.length; at += 20) {
    const { body, headers } = fake.batch(disordered.slice(at, at + 20));
    statuses.push((await fetch(webhookUrl, { method: 'POST', body, headers })).status);
  }
  return statuses;
}

/** `place` shuffles, the same way each time. */
function itemOf({ to, sendId, messageId }: Received, event: string) {
  const id = createHash('sha256').update(`${messageId} ${event}`).digest('base64url');
  const item = {
    email: to,
    timestamp: Math.floor(Date.now() / 1_000),
    event,
    sg_event_id: id,
    sg_message_id: `${messageId}.filterdrecv-1-0.0`,
    send_id: sendId,
  };
  return { place: id, item };
}

/** Objects separated by `},\r\n{` and a trailing line break, as on the wire: the signature covers those bytes. */
function batchText(items: object[]): string {
  return `[${items.map((item) => JSON.stringify(item)).join(',\r\n')}]\r\n`;
}

function signatureHeaders(signature: string, timestamp: string): Record<string, string> {
  return {
    'content-type': 'application/json',
    'x-twilio-email-event-webhook-signature': signature,
    'x-twilio-email-event-webhook-timestamp': timestamp,
  };
}

function countBy(inbox: Received[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { sendId } of inbox) counts.set(sendId, (counts.get(sendId) ?? 0) + 1);
  return counts;
}

function errorBody(message: string, field: string | null = null): string {
  return JSON.stringify({ errors: [{ message, field, help: null }] });
}

function reply(response: ServerResponse, status: number, body: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, headers).end(body);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function asJson(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    return null;
  }
}
