import { v7 } from 'uuid';
import type { Json, JsonObject } from '../../workflows/domain/json';
import { addressHash } from '../address';
import { inTransaction, type Db, type Tx } from '../client';
import { providerEvent } from './effects/send-states';
import { insertEvents } from './events';
import { liftPhone, suppressPhone } from './phone-opt-outs';
import { isSuppressed } from './suppressions';

/** What became of an SMS, or what somebody wrote, as a provider tells it. */
export interface SmsFact {
  provider: string;
  /** Names the fact once. */
  dedupKey: string;
  /** In the provider's words. */
  type: string;
  payload: JsonObject;
  sendId: string | null;
  providerMessageId: string | null;
  /** Whom it is about. */
  phone: string;
  at: Date;
  /** What it proves about the send. */
  state: 'accepted' | 'delivered' | 'bounced' | null;
  event: { type: string; properties: JsonObject } | null;
  optOut: 'unsubscribed' | 'bounced' | 'lifted' | null;
}

interface ConcernedSend {
  id: string;
  contactId: string;
  enrollmentId: string | null;
}

/** Stores a fact and does what follows from it, together and once; false if it was known. */
export async function applySmsFact(db: Db, fact: SmsFact): Promise<boolean> {
  const { provider, dedupKey, type, sendId, payload } = cleaned(fact);
  return inTransaction(db, async (tx) => {
    const data = { id: v7(), provider, dedupKey, type, sendId, payload };
    const { count } = await tx.providerEvent.createMany({ data: [data], skipDuplicates: true });
    if (count === 1) await follow(tx, cleaned(fact));
    return count === 1;
  });
}

async function follow(tx: Tx, fact: SmsFact): Promise<void> {
  const { phone, state, providerMessageId, at } = fact;
  const { known, people } = await lockConcerned(tx, fact);
  if (known && state) {
    await providerEvent(tx, { sendId: known.id, state, providerMessageId, at: at.getTime() });
  }
  if (fact.optOut === 'lifted') await liftPhone(tx, phone, people);
  else if (fact.optOut)
    await suppressPhone(tx, { phone, contactIds: people, reason: fact.optOut, at, source: evidence(fact, known) });
  // An answer is about the last message to that number.
  await tell(tx, fact, { people, send: known ?? (await lastSmsTo(tx, phone, people)) });
}

interface Concerned {
  known: ConcernedSend | null;
  people: string[];
}

/** Contacts by id. Who became somebody else meanwhile is found by reading again, and by starting over. */
async function lockConcerned(tx: Tx, fact: SmsFact): Promise<Concerned> {
  for (;;) {
    const { people } = await findConcerned(tx, fact);
    await tx.$executeRaw`savepoint sms_fact`;
    await tx.$queryRaw`select id from contact where id = any(${people}::uuid[]) order by id for no key update`;
    const now = await findConcerned(tx, fact);
    if (now.people.every((id) => people.includes(id))) return now;
    await tx.$executeRaw`rollback to savepoint sms_fact`;
  }
}

async function findConcerned(tx: Tx, fact: SmsFact): Promise<Concerned> {
  const known = await findSend(tx, fact);
  return { known, people: await contactsOf(tx, fact, known) };
}

async function findSend(tx: Tx, { sendId, providerMessageId }: SmsFact): Promise<ConcernedSend | null> {
  const select = { id: true, contactId: true, enrollmentId: true };
  const byId = sendId === null ? null : await tx.send.findUnique({ where: { id: sendId, channel: 'sms' }, select });
  if (byId || providerMessageId === null) return byId;
  return tx.send.findFirst({ where: { providerMessageId, channel: 'sms' }, select });
}

/**
 * Whose message it is, or everybody who has the number. What somebody writes also concerns whom we wrote to there last: a
 * merge, or a change, may have left them another number. Of these it ends only what was said from that number: it may be
 * somebody else's by now.
 */
async function contactsOf(tx: Tx, { phone, optOut, state }: SmsFact, send: ConcernedSend | null): Promise<string[]> {
  if (send && optOut === null) return [send.contactId];
  const rows = await tx.contact.findMany({ where: { phone, mergedInto: null }, select: { id: true }, take: 100 });
  const mayBeWritten = optOut === 'lifted' ? await hasStopped(tx, phone) : state === null && optOut !== 'bounced';
  const written = mayBeWritten ? await lastSmsTo(tx, phone) : null;
  return [...new Set([rows.map(({ id }) => id), send?.contactId ?? [], written?.contactId ?? []].flat())];
}

async function hasStopped(tx: Tx, phone: string): Promise<boolean> {
  return (await isSuppressed(tx, addressHash(phone), { channel: 'sms', topic: null })) !== null;
}

async function lastSmsTo(tx: Tx, phone: string, contactIds?: string[]): Promise<ConcernedSend | null> {
  return tx.send.findFirst({
    where: {
      ...(contactIds && { contactId: { in: contactIds } }),
      ...{ channel: 'sms', address: phone, begunAt: { not: null } },
    },
    orderBy: { id: 'desc' },
    select: { id: true, contactId: true, enrollmentId: true },
  });
}

/** One event for each person it concerns: nobody but the send's own is told of the send. */
async function tell(
  tx: Tx,
  { provider, dedupKey, event, at }: SmsFact,
  { people, send }: { people: string[]; send: ConcernedSend | null },
): Promise<void> {
  if (!event) return;
  const hops = byMachines.includes(event.type) ? (await hopsOf(tx, send)) + 1 : 0;
  await insertEvents(
    tx,
    people.map((contactId) => ({
      origin: provider,
      messageId: `${dedupKey}:${contactId}`,
      type: event.type,
      keys: [`contact:${contactId}`],
      properties: event.properties,
      traits: {},
      context: {},
      fromBrowser: false,
      occurredAt: at,
      hops,
      ...(contactId === send?.contactId && { sendId: send.id }),
    })),
  );
}

/** What networks do by themselves follows from our message; what people do is a cause of its own. */
const byMachines = ['message.delivered', 'message.failed'];

async function hopsOf(tx: Tx, send: ConcernedSend | null): Promise<number> {
  if (!send?.enrollmentId) return 0;
  const enrollment = await tx.enrollment.findUnique({ where: { id: send.enrollmentId }, select: { hops: true } });
  return enrollment?.hops ?? 0;
}

function evidence({ provider, dedupKey, at }: SmsFact, send: ConcernedSend | null): Record<string, Json> {
  return { origin: provider, event: dedupKey, at: at.toISOString(), ...(send && { sendId: send.id }) };
}

/** Without NUL characters, which a column of text or jsonb refuses. */
function cleaned(fact: SmsFact): SmsFact {
  const { payload, event, phone, dedupKey } = fact;
  const text = JSON.stringify({ payload, event, phone, dedupKey }).replaceAll('\\u0000', '\\ufffd');
  return { ...fact, ...(JSON.parse(text) as Pick<SmsFact, 'payload' | 'event' | 'phone' | 'dedupKey'>) };
}
