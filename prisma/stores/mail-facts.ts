import { v7 } from 'uuid';
import type { JsonObject } from '../../workflows/domain/json';
import { normaliseAddress } from '../address';
import { inTransaction, type Db, type Tx } from '../client';
import { isDatabaseAway } from '../database-away';
import { providerEvent } from './effects/send-states';
import { insertEvents, type NewEvent } from './events';
import { suppress, type SuppressionReason } from './suppressions';

/** What became of a mail, as a provider tells it or as the outbox plays it. */
export interface MailFact {
  /** Who tells it; also the origin of its event. */
  provider: string;
  /** Names the fact once. */
  dedupKey: string;
  /** In the provider's words. */
  type: string;
  /** As it came. */
  payload: JsonObject;
  sendId: string | null;
  providerMessageId: string | null;
  address: string | null;
  at: Date;
  /** What it proves about the send. */
  state: 'accepted' | 'delivered' | 'bounced' | null;
  /** What it is to journeys. */
  event: { type: string; properties: JsonObject } | null;
  optOut: { scope: 'global' | 'topic'; reason: SuppressionReason } | null;
}

interface ConcernedSend {
  id: string;
  contactId: string;
  enrollmentId: string | null;
  address: string | null;
  topic: string | null;
}

export type FactApplied = 'applied' | 'duplicate' | 'failed';

/**
 * Stores a fact and does what follows from it, together and once: send state, opt-out, event. What the fact itself makes
 * fail is stored with its error and stops nobody; a database that is away is thrown.
 */
export async function applyMailFact(db: Db, raw: MailFact): Promise<FactApplied> {
  const fact = storable(raw);
  try {
    return await inTransaction(db, async (tx) => {
      if (!(await storeFact(tx, fact, null))) return 'duplicate';
      await follow(tx, fact);
      return 'applied';
    });
  } catch (error) {
    if (isDatabaseAway(error)) throw error;
    await storeFact(db, fact, nameOf(error));
    return 'failed';
  }
}

/** A stored fact that failed, once more: `duplicate` when somebody else was quicker. */
export async function reapplyMailFact(db: Db, id: string, raw: MailFact): Promise<FactApplied> {
  try {
    return await inTransaction(db, async (tx) => {
      const where = { id, error: { not: null } };
      const { count } = await tx.providerEvent.updateMany({ where, data: { error: null } });
      if (count === 0) return 'duplicate';
      await follow(tx, storable(raw));
      return 'applied';
    });
  } catch (error) {
    if (isDatabaseAway(error)) throw error;
    await db.providerEvent.updateMany({ where: { id, error: { not: null } }, data: { error: nameOf(error) } });
    return 'failed';
  }
}

async function follow(tx: Tx, fact: MailFact): Promise<void> {
  const send = await findSend(tx, fact);
  // An opt-out locks all contacts at once, in their order, and the send's with them.
  const optedOut = fact.optOut ? await optOut(tx, fact, send) : [];
  if (send && fact.state) {
    const { state, providerMessageId } = fact;
    await providerEvent(tx, { sendId: send.id, state, providerMessageId, at: fact.at.getTime() });
  }
  const contactIds = new Set([...(send ? [send.contactId] : []), ...optedOut]);
  const hops = await hopsOf(tx, fact, send);
  await insertEvents(
    tx,
    eventsOf(fact, send, [...contactIds]).map((event) => ({ ...event, hops })),
  );
}

async function storeFact(db: Db | Tx, fact: MailFact, error: string | null): Promise<boolean> {
  const { provider, dedupKey, type, sendId, payload } = fact;
  const data = { id: v7(), provider, dedupKey, type, sendId, payload, error };
  const { count } = await db.providerEvent.createMany({ data: [data], skipDuplicates: true });
  return count === 1;
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown error';
}

/** By the id that we gave the mail, else by the one that the provider gave it. */
async function findSend(tx: Tx, { sendId, providerMessageId }: MailFact): Promise<ConcernedSend | null> {
  const select = { id: true, contactId: true, enrollmentId: true, address: true, topic: true };
  const byId = sendId === null ? null : await tx.send.findUnique({ where: { id: sendId }, select });
  if (byId || providerMessageId === null) return byId;
  return tx.send.findFirst({ where: { providerMessageId }, select });
}

/** What mailboxes do by themselves follows from our mail; what people do is a cause of its own. */
const byMachines: readonly string[] = ['email.delivered', 'email.bounced'];

async function hopsOf(tx: Tx, { event }: MailFact, send: ConcernedSend | null): Promise<number> {
  if (!event || !send?.enrollmentId || !byMachines.includes(event.type)) return 0;
  const enrollment = await tx.enrollment.findUnique({ where: { id: send.enrollmentId }, select: { hops: true } });
  return (enrollment?.hops ?? 0) + 1;
}

async function optOut(tx: Tx, fact: MailFact, send: ConcernedSend | null): Promise<string[]> {
  const address = fact.address ?? send?.address;
  if (!fact.optOut || !address) return [];
  const { reason } = fact.optOut;
  const { contactIds } = await suppress(tx, {
    of: { address: normaliseAddress(address) },
    channel: 'email',
    scope: fact.optOut.scope === 'topic' && send?.topic ? `topic:${send.topic}` : 'global',
    reason,
    at: fact.at,
    source: {
      origin: fact.provider,
      event: fact.dedupKey,
      at: fact.at.toISOString(),
      ...(send && { sendId: send.id }),
    },
    ...(send && { lockToo: send.contactId }),
    // Who opts out does so as a person; a bounce is about the address alone.
    ...(send && reason !== 'bounced' && { contactId: send.contactId }),
  });
  return contactIds;
}

/** One event for each person it concerns: nobody but the send's own is told of the send. */
function eventsOf(fact: MailFact, send: ConcernedSend | null, contactIds: string[]): NewEvent[] {
  const { event } = fact;
  if (!event) return [];
  const topic = fact.optOut?.scope === 'topic' ? (send?.topic ?? null) : null;
  return contactIds.map((contactId) => {
    const isOwn = contactId === send?.contactId;
    return {
      origin: fact.provider,
      messageId: isOwn ? fact.dedupKey : `${fact.dedupKey}:${contactId}`,
      type: event.type,
      keys: [`contact:${contactId}`],
      properties: topic === null ? event.properties : { ...event.properties, topic },
      traits: {},
      context: {},
      fromBrowser: false,
      occurredAt: fact.at,
      ...(isOwn && send && { sendId: send.id }),
    };
  });
}

/** Without what a column of text or jsonb refuses: NUL characters and halves of surrogate pairs. */
function storable(fact: MailFact): MailFact {
  const { dedupKey, type, payload, providerMessageId, address, event } = fact;
  return { ...fact, ...cleaned({ dedupKey, type, payload, providerMessageId, address, event }) };
}

function cleaned<T extends object>(value: T): T {
  const text = JSON.stringify(value).replace(/\\\\|\\u(?:0000|d[89a-f][0-9a-f]{2})/g, (found) =>
    found === '\\\\' ? found : '\\ufffd',
  );
  return JSON.parse(text) as T;
}
