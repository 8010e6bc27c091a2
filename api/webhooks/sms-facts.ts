import type { SmsFact } from '../../prisma/stores/sms-facts';
import type { Json } from '../../workflows/domain/json';

/** Words by which people leave, and come back, alone in a message. Some languages' own besides those of carriers. */
const leaving =
  /^(stop|stopall|stop all|unsubscribe|cancel|end|quit|optout|opt out|revoke|stopp|abmelden|arret|arrêt|baja|basta)$/;
const returning = /^(start|unstop)$/;

/** Errors that say the number cannot be reached by SMS at all: unknown, a landline, no mobile. */
const unreachable = new Set(['30005', '30006', '21211', '21614']);
/** It has told the provider to stop. */
const OPTED_OUT = '21610';

const states = {
  sent: 'accepted',
  delivered: 'delivered',
  read: 'delivered',
  undelivered: 'bounced',
  failed: 'bounced',
} as const satisfies Record<string, SmsFact['state']>;

/** What Twilio tells: of a message of ours, or by a person. */
export function smsFactOf(fields: URLSearchParams, it: { sendId: string | null; at: Date }): SmsFact | null {
  const sid = fields.get('MessageSid') ?? fields.get('SmsSid') ?? '';
  if (sid === '') return null;
  const payload: Record<string, Json> = Object.fromEntries(fields);
  const status = fields.get('MessageStatus');
  const common = { provider: 'twilio', payload, at: it.at };
  return status === null
    ? { ...common, ...spoken(fields), dedupKey: sid, sendId: null, providerMessageId: null }
    : { ...common, ...told(fields, status), dedupKey: `${sid}:${status}`, sendId: it.sendId, providerMessageId: sid };
}

type Meaning = Pick<SmsFact, 'type' | 'phone' | 'state' | 'event' | 'optOut'>;

function told(fields: URLSearchParams, status: string): Meaning {
  const state = Object.hasOwn(states, status) ? states[status as keyof typeof states] : null;
  const code = fields.get('ErrorCode') ?? '';
  const common = { type: status, phone: fields.get('To') ?? '', state };
  if (state === 'delivered') {
    return { ...common, event: { type: 'message.delivered', properties: { channel: 'sms' } }, optOut: null };
  }
  if (state !== 'bounced') return { ...common, event: null, optOut: null };
  const optOut = code === OPTED_OUT ? 'unsubscribed' : unreachable.has(code) ? 'bounced' : null;
  return { ...common, event: { type: 'message.failed', properties: { channel: 'sms', code } }, optOut };
}

function spoken(fields: URLSearchParams): Meaning {
  const text = fields.get('Body') ?? '';
  const word = text
    .trim()
    .toLowerCase()
    .replace(/[.!\s]+$/, '');
  const type = fields.get('OptOutType') ?? '';
  const common = { phone: fields.get('From') ?? '', state: null };
  if (type === 'STOP' || leaving.test(word)) {
    const event = { type: 'message.unsubscribed', properties: { channel: 'sms' } };
    return { ...common, type: 'stop', event, optOut: 'unsubscribed' };
  }
  if (type === 'START' || returning.test(word)) return { ...common, type: 'start', event: null, optOut: 'lifted' };
  if (type === 'HELP') return { ...common, type: 'help', event: null, optOut: null };
  return {
    ...common,
    type: 'reply',
    event: { type: 'message.replied', properties: { channel: 'sms', text } },
    optOut: null,
  };
}
