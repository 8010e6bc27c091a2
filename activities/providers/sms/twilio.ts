import { httpPost } from '../http-post';
import type { MessageTransport } from '../transport';
import { classifySms } from './twilio-answers';

export interface TwilioOptions {
  accountSid: string;
  authToken: string;
  /** A number in E.164, or the sid of a messaging service (MG…). */
  from: string;
  /** Another host than Twilio's own, such as a provider that speaks its API. */
  baseUrl: string | null;
  /** Where it tells what became of a message; the send's id is added. */
  statusUrl: string;
  timeoutMs?: number;
  now?: () => number;
}

/** SMS by Twilio's Messages API, which knows no idempotency key: a lost answer is `unknown`. */
export function twilioTransport(options: TwilioOptions): MessageTransport {
  const { accountSid, authToken, baseUrl, timeoutMs = 10_000, now = Date.now } = options;
  const url = `${baseUrl ?? 'https://api.twilio.com'}/2010-04-01/Accounts/${encodeURIComponent(accountSid)}/Messages.json`;
  const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
  return {
    name: 'twilio',
    idempotent: false,
    async send({ sendId, to, text }) {
      const form = new URLSearchParams({ To: to, Body: text, ...senderOf(options.from), ...callback(options, sendId) });
      const headers = { Authorization: authorization, 'Content-Type': 'application/x-www-form-urlencoded' };
      return classifySms(await httpPost({ url, body: form.toString(), headers, timeoutMs }), now());
    },
  };
}

function senderOf(from: string): Record<string, string> {
  return from.startsWith('MG') ? { MessagingServiceSid: from } : { From: from };
}

function callback({ statusUrl }: TwilioOptions, sendId: string): Record<string, string> {
  return { StatusCallback: `${statusUrl}?send=${sendId}` };
}
