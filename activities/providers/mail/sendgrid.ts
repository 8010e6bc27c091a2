import { Client } from '@sendgrid/client';
import { MailService, type MailDataRequired } from '@sendgrid/mail';
import { headerFault } from './headers';
import { classifyFailure, classifyResponse } from './sendgrid-answers';
import type { MailAnswer, MailMessage, MailTransport } from './transport';

export interface SendGridOptions {
  apiKey: string;
  /** Another host than SendGrid's own: the EU region, or a test double. */
  baseUrl: string | null;
  timeoutMs?: number;
  now?: () => number;
}

/** Mail by SendGrid's v3 API, which knows no idempotency key: a lost answer is `unknown`. */
export function sendgridTransport({
  apiKey,
  baseUrl,
  timeoutMs = 10_000,
  now = Date.now,
}: SendGridOptions): MailTransport {
  const mail = mailService(apiKey, baseUrl, timeoutMs);
  return {
    name: 'sendgrid',
    idempotent: false,
    async send(message): Promise<MailAnswer> {
      const fault = messageFault(message);
      if (fault) return { kind: 'rejected', why: fault };
      try {
        const [response] = await mail.send(asMailData(message));
        return classifyResponse(response.statusCode, response.headers);
      } catch (error) {
        // The raw error holds the key and the whole body: only what the classification picks leaves this function.
        return classifyFailure(error, now());
      }
    },
  };
}

/** An option of axios, to which the client hands everything on. */
const unredirected = { url: '', maxRedirects: 0 };

/** A client of its own: the exported one is shared by all who import it. `setApiKey` resets the base URL, so that comes after. */
function mailService(apiKey: string, baseUrl: string | null, timeoutMs: number): MailService {
  const client = new Client();
  client.setApiKey(apiKey);
  if (baseUrl !== null) client.setDefaultRequest('baseUrl', baseUrl.endsWith('/') ? baseUrl : `${baseUrl}/`);
  // A followed redirect would carry the key elsewhere, or answer 200 for a mail nobody took.
  client.setDefaultRequest(unredirected);
  const mail = new MailService();
  mail.setClient(client);
  mail.setTimeout(timeoutMs);
  return mail;
}

function messageFault({ headers, from, subject }: MailMessage): string | null {
  if (/[\u0000-\u001f\u007f]/.test(subject)) return 'subject has control characters';
  if (/[^\x20-\x7e]/.test(from.email)) return 'sender address is not ASCII';
  return headerFault(headers);
}

/** Headers stand in the personalization: those of the message would be copied into the HTTP request as well. */
function asMailData({ from, to, replyTo, subject, html, text, headers, sendId }: MailMessage): MailDataRequired {
  return {
    from,
    subject,
    personalizations: [{ to: { email: to }, headers: { ...headers }, customArgs: { send_id: sendId } }],
    ...(replyTo !== undefined && { replyTo: { email: replyTo } }),
    content: [
      { type: 'text/plain', value: text },
      { type: 'text/html', value: html },
    ],
    trackingSettings: {
      clickTracking: { enable: false, enableText: false },
      openTracking: { enable: false },
      subscriptionTracking: { enable: false },
    },
  };
}
