import type { Json } from '../../workflows/domain/json';
import { addressHash } from '../address';
import type { DbOrTx, Tx } from '../client';
import type { MessageClass } from './templates';

export type SuppressionScope = 'global' | `topic:${string}`;
export type SuppressionReason = 'unsubscribed' | 'complained' | 'bounced';

/** Which reason stays when an address has several: the one that is hardest to lift. */
const gravity = { unsubscribed: 1, bounced: 2, complained: 3 } satisfies Record<SuppressionReason, number>;

export interface OptOut {
  /** Whom it concerns: the address, or only its hash where the address is no longer known. */
  of: { address: string } | { addressHash: string };
  channel: string;
  scope: SuppressionScope;
  reason: SuppressionReason;
  /** Evidence: who said so, how, when; ids rather than personal data. It outlives the contact. */
  source: Record<string, Json>;
  /** The person who said so: opted out with the address they have now, too. Not for a bounce. */
  contactId?: string;
  /** A contact that the same transaction works on: locked with the others, in their order. */
  lockToo?: string;
}

export interface SuppressionFound {
  scope: string;
  reason: string;
}

/**
 * Writes an opt-out and ends what it concerns: the open enrollments of every contact with the address get `leaving`.
 * Takes the contacts' locks and then the address lock exclusively, so a begin either came first or sees it. Answers the
 * contacts, and whether it said anything new.
 */
export async function suppress(tx: Tx, optOut: OptOut): Promise<{ contactIds: string[]; isNew: boolean }> {
  const hash = 'address' in optOut.of ? addressHash(optOut.of.address) : optOut.of.addressHash;
  const { hashes, contactIds } = await lockConcerned(tx, hash, optOut);
  let isNew = false;
  for (const each of hashes) isNew = (await writeSuppression(tx, each, optOut)) || isNew;
  await endEnrollments(tx, contactIds, optOut);
  return { contactIds, isNew };
}

/**
 * What bars a message to this address, if anything. Call it under the address lock (shared) where a send depends on it.
 * A transactional message passes a topic's opt-out, never a global one, a bounce or a complaint.
 */
export async function isSuppressed(
  db: DbOrTx,
  hash: string,
  about: { channel: string; topic: string | null; class?: MessageClass; reasons?: readonly string[] | null },
): Promise<SuppressionFound | null> {
  const { channel, topic, class: kind = 'marketing', reasons = null } = about;
  const scopes = kind === 'marketing' && topic !== null ? ['global', `topic:${topic}`] : ['global'];
  const where = {
    ...{ addressHash: hash, channel, scope: { in: scopes } },
    ...(reasons && { reason: { in: [...reasons] } }),
  };
  return db.suppression.findFirst({ where, orderBy: { scope: 'asc' }, select: { scope: true, reason: true } });
}

/** The address lock of a sender: many begins at once, none beside an opt-out. Contacts are locked before it. */
export async function lockAddressShared(tx: Tx, hash: string): Promise<void> {
  await tx.$executeRaw`select pg_advisory_xact_lock_shared(hashtextextended('address:' || ${hash}, 0))`;
}

interface Concerned {
  hashes: string[];
  contactIds: string[];
}

/** Contacts by id, then addresses sorted. Whoever gets one of them meanwhile is found by reading again, and by starting over. */
async function lockConcerned(tx: Tx, hash: string, { contactId, lockToo }: OptOut): Promise<Concerned> {
  const personId = contactId ?? null;
  for (;;) {
    const found = await findConcerned(tx, hash, personId);
    await tx.$executeRaw`savepoint opt_out`;
    const toLock = lockToo === undefined ? found.contactIds : [...found.contactIds, lockToo];
    await tx.$queryRaw`select id from contact where id = any(${toLock}::uuid[]) order by id for no key update`;
    for (const each of found.hashes) {
      await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended('address:' || ${each}, 0))`;
    }
    const now = await findConcerned(tx, hash, personId);
    if (isWithin(now.contactIds, found.contactIds) && isWithin(now.hashes, found.hashes)) return now;
    await tx.$executeRaw`rollback to savepoint opt_out`;
  }
}

async function findConcerned(tx: Tx, hash: string, personId: string | null): Promise<Concerned> {
  const own = await tx.$queryRaw<{ hash: string }[]>`
    select address_hash(email) as hash from contact where id = ${personId}::uuid and email is not null`;
  const hashes = [...new Set([hash, ...own.map((row) => row.hash)])].sort();
  const contacts = await tx.$queryRaw<{ id: string }[]>`
    select id from contact where address_hash(email) = any(${hashes})
    union select id from contact where id = ${personId}::uuid`;
  return { hashes, contactIds: contacts.map((row) => row.id) };
}

function isWithin(part: string[], whole: string[]): boolean {
  return part.every((each) => whole.includes(each));
}

async function writeSuppression(tx: Tx, hash: string, { channel, scope, reason, source }: OptOut): Promise<boolean> {
  const key = { addressHash: hash, channel, scope };
  const stored = await tx.suppression.findUnique({ where: { addressHash_channel_scope: key } });
  if (!stored) {
    await tx.suppression.create({ data: { ...key, reason, source } });
    return true;
  }
  if (gravity[reason] <= (gravity[stored.reason as SuppressionReason] ?? 0)) return false;
  const before = { reason: stored.reason, source: stored.source, at: stored.createdAt.toISOString() };
  const data = { reason, source: { ...source, before } };
  await tx.suppression.update({ where: { addressHash_channel_scope: key }, data });
  return true;
}

/** The first reason to leave stays. The wake-up names no visit: it always wakes. */
async function endEnrollments(tx: Tx, contactIds: string[], { scope, reason, source }: OptOut): Promise<void> {
  const topic = scope === 'global' ? null : scope.slice('topic:'.length);
  const cause = JSON.stringify({ kind: 'opt-out', detail: `${reason} (${scope})`, scope, source });
  await tx.$executeRaw`
    with leaving as (
      update enrollment set leaving = ${reason}, leaving_cause = ${cause}::jsonb
      where id in (
        select e.id from enrollment e join journey_version v on v.id = e.version_id
        where e.contact_id = any(${contactIds}::uuid[]) and e.status <> 'finished' and e.leaving is null
          and (${topic}::text is null or v.graph->>'topic' = ${topic})
        order by e.id for update of e)
      returning id, journey_key)
    insert into dispatch (enrollment_id, workflow_id, kind, outcome)
    select id, journey_key || '/' || id, 'wake', 'leave' from leaving order by id`;
}
