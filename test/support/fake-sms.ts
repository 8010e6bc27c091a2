import { createHmac, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { startFakeServer, type FakeServer } from './fake-server';

export const twilioAccount = { accountSid: 'AC0123456789', authToken: 'token-of-a-test', from: '+15005550006' };

export interface Sms {
  sid: string;
  to: string;
  text: string;
  statusCallback: string;
}

export interface FakeSms extends FakeServer {
  inbox: Sms[];
}

const messageForm = z.strictObject({
  To: z.string().regex(/^\+[1-9]\d{6,14}$/),
  From: z.literal(twilioAccount.from),
  Body: z.string().min(1),
  StatusCallback: z.url(),
});

/** Twilio's Messages resource on loopback: strict about what it is sent. */
export async function startFakeSms(): Promise<FakeSms> {
  const inbox: Sms[] = [];
  const authorization = `Basic ${Buffer.from(`${twilioAccount.accountSid}:${twilioAccount.authToken}`).toString('base64')}`;
  const path = `/2010-04-01/Accounts/${twilioAccount.accountSid}/Messages.json`;
  const server = await startFakeServer((call) => {
    if (call.path !== path) return { status: 404, body: '{"code":20404}' };
    if (call.headers.authorization !== authorization) return { status: 401, body: '{"code":20003}' };
    const form = messageForm.safeParse(Object.fromEntries(new URLSearchParams(call.body)));
    if (!form.success) return { status: 400, body: '{"code":21604}' };
    const sid = `SM${randomUUID().replaceAll('-', '')}`;
    inbox.push({ sid, to: form.data.To, text: form.data.Body, statusCallback: form.data.StatusCallback });
    const headers = { 'content-type': 'application/json' };
    return { status: 201, headers, body: JSON.stringify({ sid, status: 'queued' }) };
  });
  return Object.assign(server, { inbox });
}

/** What Twilio would send to one of our webhooks, with its signature. */
export function signedByTwilio(
  url: string,
  fields: Record<string, string>,
  authToken = twilioAccount.authToken,
): { body: string; headers: Record<string, string> } {
  const names = Object.keys(fields).sort();
  const text = url + names.map((name) => name + (fields[name] ?? '')).join('');
  return {
    body: new URLSearchParams(fields).toString(),
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': createHmac('sha1', authToken).update(text).digest('base64'),
    },
  };
}
