import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { MailFact } from '../../prisma/stores/mail-facts';
import type { JsonObject } from '../../workflows/domain/json';

/** The fields of an item that are read; all others are kept as they came. Custom arguments stand at the top level. */
const itemShape = z.looseObject({
  event: z.string().min(1).max(100),
  timestamp: z.number().nonnegative().max(10_000_000_000).optional(),
  email: z.string().max(320).optional(),
  sg_event_id: z.string().min(1).max(200).optional(),
  sg_message_id: z.string().max(300).optional(),
  'smtp-id': z.string().max(300).optional(),
  send_id: z.string().optional(),
  type: z.string().optional(),
  status: z.string().optional(),
  reason: z.string().optional(),
  bounce_classification: z.string().optional(),
  url: z.string().optional(),
  sg_machine_open: z.boolean().optional(),
  /** Set by the outbox alone, as `text`: SendGrid does not tell who clicks, and of replies in another way. */
  machine: z.boolean().optional(),
  text: z.string().optional(),
});
type Item = z.infer<typeof itemShape>;

type Meaning = Pick<MailFact, 'state' | 'event' | 'optOut'>;
const nothing: Meaning = { state: null, event: null, optOut: null };

/** What each event of SendGrid means. One that is not here is stored, and nothing follows. */
const meanings: Record<string, (item: Item) => Meaning> = {
  processed: () => ({ ...nothing, state: 'accepted' }),
  deferred: () => ({ ...nothing, state: 'accepted' }),
  delivered: () => ({ ...nothing, state: 'delivered', event: { type: 'email.delivered', properties: {} } }),
  bounce: (item) => bounced(item, isHard(item) ? 'hard' : 'soft'),
  dropped: (item) => ({ ...bounced(item, 'hard'), optOut: optOutOfDrop(item) }),
  open: (item) => engaged('email.opened', { machine: item.sg_machine_open ?? item.machine ?? false }),
  click: (item) => engaged('email.clicked', { url: item.url ?? '', machine: item.machine ?? false }),
  spamreport: () => ({ ...engaged('email.complained', {}), optOut: { scope: 'global', reason: 'complained' } }),
  reply: (item) => engaged('email.replied', { text: item.text ?? '' }),
  unsubscribe: () => ({ ...engaged('email.unsubscribed', {}), optOut: { scope: 'global', reason: 'unsubscribed' } }),
  group_unsubscribe: () => ({
    ...engaged('email.unsubscribed', {}),
    optOut: { scope: 'topic', reason: 'unsubscribed' },
  }),
};

/** Reads one item of a batch. Whatever it is becomes a fact: what cannot be understood is one without consequences. */
export function mailFactOf(raw: unknown, provider: string, now: Date): MailFact {
  const parsed = itemShape.safeParse(raw);
  if (!parsed.success) return { ...unreadable(raw), provider, at: now };
  const item = parsed.data;
  const meaning = Object.hasOwn(meanings, item.event) ? meanings[item.event] : undefined;
  return {
    provider,
    dedupKey: dedupKeyOf(item, raw),
    type: item.event,
    payload: asObject(raw),
    sendId: z.uuid().safeParse(item.send_id).data ?? null,
    providerMessageId: providerIdOf(item),
    address: item.email ?? null,
    at: item.timestamp === undefined ? now : new Date(item.timestamp * 1_000),
    ...(meaning?.(item) ?? nothing),
  };
}

function unreadable(raw: unknown): Omit<MailFact, 'provider' | 'at'> {
  return {
    dedupKey: hashOf(raw),
    type: 'unreadable',
    payload: asObject(raw),
    sendId: null,
    providerMessageId: null,
    address: null,
    ...nothing,
  };
}

/** `sg_event_id` where there is one: items about subscriptions come without. */
function dedupKeyOf(item: Item, raw: unknown): string {
  if (item.sg_event_id !== undefined) return item.sg_event_id;
  const message = item.sg_message_id ?? item['smtp-id'];
  if (message === undefined || item.timestamp === undefined) return hashOf(raw);
  return hashOf([message, item.event, item.timestamp, item.url ?? '']);
}

/** What the API answered as X-Message-Id: the first part of either id. */
function providerIdOf({ sg_message_id: messageId, 'smtp-id': smtpId }: Item): string | null {
  if (messageId !== undefined) return messageId.split('.', 1)[0] ?? null;
  return /^<?([^@>]+)@/.exec(smtpId ?? '')?.[1] ?? null;
}

function engaged(type: string, properties: JsonObject): Meaning {
  return { state: 'delivered', event: { type, properties }, optOut: null };
}

function bounced(item: Item, kind: 'hard' | 'soft'): Meaning {
  const properties = { kind, reason: item.reason ?? '', classification: item.bounce_classification ?? '' };
  const optOut = kind === 'hard' && isAddressGone(item) ? ({ scope: 'global', reason: 'bounced' } as const) : null;
  return { state: 'bounced', event: { type: 'email.bounced', properties }, optOut };
}

function isHard({ type }: Item): boolean {
  return type !== 'blocked';
}

/** The address itself is wrong. Trouble with content, reputation or technique is the sender's, and bars nobody. */
function isAddressGone({ bounce_classification: classification, status }: Item): boolean {
  if (classification !== undefined) return classification === 'Invalid Address';
  return status === undefined || status.startsWith('5.1.');
}

/** SendGrid's own lists knew better than ours: they say why it did not try. */
function optOutOfDrop({ reason = '' }: Item): MailFact['optOut'] {
  if (/^unsubscribed/i.test(reason)) return { scope: 'global', reason: 'unsubscribed' };
  if (/^spam reporting/i.test(reason)) return { scope: 'global', reason: 'complained' };
  if (/^(bounced address|invalid)$/i.test(reason)) return { scope: 'global', reason: 'bounced' };
  return null;
}

function asObject(raw: unknown): JsonObject {
  const isObject = typeof raw === 'object' && raw !== null && !Array.isArray(raw);
  // It was parsed from JSON, so JSON is what it is.
  return isObject ? (raw as JsonObject) : { raw: JSON.stringify(raw) ?? '' };
}

function hashOf(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(value) ?? '')
    .digest('hex');
}
