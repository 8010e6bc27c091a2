import type { Json } from '../../workflows/domain/json';
import { gravityOf, ownWords, personKey, type OptOutReason } from '../../workflows/domain/sending/opt-out';
import { addressHash } from '../address';
import type { DbOrTx, Tx } from '../client';
import { Prisma } from '../generated/client';
import { addressesSql, lockAddresses } from './addresses';
import type { MessageClass } from './templates';

export type SuppressionScope = 'global' | `topic:${string}`;
export type SuppressionReason = OptOutReason;

export interface OptOut {
  /** The address, or only its hash where it is no longer known; null: whatever addresses the person has, if any. */
  of: { address: string } | { addressHash: string } | null;
  channel: string;
  scope: SuppressionScope;
  reason: SuppressionReason;
  /** When it was said, if that is not now: a consent given later ends it. */
  at?: Date;
  /** Evidence: who said so, how, when; ids rather than personal data. It outlives the contact. */
  source: Record<string, Json>;
  /** The person who said so: opted out with every address they have. Not for a bounce. */
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
 * What somebody said themselves is also written for them as a person, and so holds at addresses they get later. Takes the
 * contacts' locks and then the address locks exclusively, so a begin either came first or sees it. Answers the contacts,
 * and whether it said anything new.
 */
export async function suppress(tx: Tx, optOut: OptOut): Promise<{ contactIds: string[]; isNew: boolean }> {
  const { hashes, contactIds, present } = await lockConcerned(tx, hashOf(optOut), optOut);
  const persons = ownWords.includes(optOut.reason) ? present.map(personKey) : [];
  let isNew = false;
  for (const each of [...hashes, ...persons]) isNew = (await writeSuppression(tx, each, optOut)) || isNew;
  await endEnrollments(tx, contactIds, optOut);
  return { contactIds, isNew };
}

function hashOf({ of }: OptOut): string | null {
  if (of === null) return null;
  return 'address' in of ? addressHash(of.address) : of.addressHash;
}

/**
 * What bars a message to an address (by its hash) or to a person (by their key), if anything. Call it under the contact's
 * lock and the address lock (shared) where a send depends on it. A transactional message passes a topic's opt-out, never a
 * global one, a bounce or a complaint.
 */
export async function isSuppressed(
  db: DbOrTx,
  whom: string | readonly string[],
  about: { channel: string; topic: string | null; class?: MessageClass; reasons?: readonly string[] | null },
): Promise<SuppressionFound | null> {
  const { channel, topic, class: kind = 'marketing', reasons = null } = about;
  const scopes = kind === 'marketing' && topic !== null ? ['global', `topic:${topic}`] : ['global'];
  const where = {
    ...{ addressHash: { in: [whom].flat() }, channel, scope: { in: scopes } },
    ...(reasons && { reason: { in: [...reasons] } }),
  };
  // Hashes are hexadecimal: what stands at the address comes before what stands at the person.
  const orderBy = [{ scope: 'asc' as const }, { addressHash: 'asc' as const }];
  return db.suppression.findFirst({ where, orderBy, select: { scope: true, reason: true } });
}

interface Concerned {
  hashes: string[];
  contactIds: string[];
  /** Those who are not erased. */
  present: string[];
  /** Those, and whom the caller wants locked with them. */
  locked: string[];
}

/**
 * Contacts by id, then addresses sorted. Whoever gets one of them meanwhile, or becomes somebody else, is found by reading
 * again, and by starting over.
 */
async function lockConcerned(tx: Tx, hash: string | null, optOut: OptOut): Promise<Concerned> {
  for (;;) {
    const found = await findConcerned(tx, hash, optOut);
    await tx.$executeRaw`savepoint opt_out`;
    await tx.$queryRaw`select id from contact where id = any(${found.locked}::uuid[]) order by id for no key update`;
    await lockAddresses(tx, found.hashes);
    const now = await findConcerned(tx, hash, optOut);
    if (isWithin(now.locked, found.locked) && isWithin(now.hashes, found.hashes)) return now;
    await tx.$executeRaw`rollback to savepoint opt_out`;
  }
}

/** A record that was joined into another is the other. A person opts out with every address that is theirs. */
async function findConcerned(tx: Tx, hash: string | null, optOut: OptOut): Promise<Concerned> {
  const { of, reason, contactId, lockToo } = optOut;
  const address = of !== null && 'address' in of && reason !== 'bounced' ? of.address : null;
  const [row] = await tx.$queryRaw<[Concerned]>`
    with people as (
        select coalesce(merged_into, id) as id from contact where id = ${contactId ?? null}::uuid
        union select contact_id from contact_identity where kind = 'email' and value = ${address}),
      hashes as (
        select ${hash}::text as hash where ${hash}::text is not null
        union select a.hash from (${addressesSql(Prisma.sql`people`)}) a where a.channel = 'email'),
      concerned as (
        select id from contact where address_hash(email) = any(array(select hash from hashes)) union select id from people),
      more as (select coalesce(merged_into, id) as id from contact where id = ${lockToo ?? null}::uuid)
    select array(select hash from hashes order by hash collate "C") as hashes,
      array(select id from concerned order by id) as "contactIds",
      array(select c.id from concerned x join contact c on c.id = x.id where c.erased_at is null order by c.id) as present,
      array(select id from concerned union select id from more) as locked`;
  return row;
}

function isWithin(part: string[], whole: string[]): boolean {
  return part.every((each) => whole.includes(each));
}

/** Under the address lock. A graver reason takes the place of another; answers whether it said anything new. */
export async function writeSuppression(
  tx: Tx,
  hash: string,
  { channel, scope, reason, source, at = new Date() }: Pick<OptOut, 'channel' | 'scope' | 'reason' | 'source' | 'at'>,
): Promise<boolean> {
  const key = { addressHash: hash, channel, scope };
  const stored = await tx.suppression.findUnique({ where: { addressHash_channel_scope: key } });
  if (!stored) {
    await tx.suppression.create({ data: { ...key, reason, source, at } });
    return true;
  }
  // Said again: what was agreed to between the two counts no longer.
  const last = at > stored.at ? at : stored.at;
  if (gravityOf(reason) <= gravityOf(stored.reason)) {
    if (last > stored.at)
      await tx.suppression.update({ where: { addressHash_channel_scope: key }, data: { at: last } });
    return false;
  }
  const before = { reason: stored.reason, source: stored.source, at: stored.createdAt.toISOString() };
  const data = { reason, source: { ...source, before }, at: last };
  await tx.suppression.update({ where: { addressHash_channel_scope: key }, data });
  return true;
}

/** The open runs of these locked contacts leave. The first reason stays; the wake-up names no visit: it always wakes. */
export async function endEnrollments(
  tx: Tx,
  contactIds: string[],
  { scope, reason, source }: Pick<OptOut, 'scope' | 'reason' | 'source'>,
): Promise<void> {
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
