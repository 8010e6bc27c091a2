import { inTransaction, type Db, type Tx } from '../../prisma/client';
import { bucketOf } from '../../prisma/bucket';
import { lockFreeContacts, lockFreeJoined } from '../../prisma/stores/pump/contacts';
import { insertInside, type InsideRow, type KeyedEvent } from '../../prisma/stores/pump/events';
import { insertContacts, insertIdentities, type Owner } from '../../prisma/stores/pump/identities';
import { inJoin } from '../../prisma/stores/merging/in-join';
import { joinContacts, type Joined } from '../../prisma/stores/merging/join';
import { tellOfMerges } from '../../prisma/stores/merging/tell';
import { StartOver } from './errors';
import { planNow } from './identity-plan';
import { apart, keysOf } from './keys';
import { isSamePlan, type IdentityPlan, type Join } from './plan-identities';

export interface Resolved {
  /** Events whose contacts are settled. */
  ready: readonly KeyedEvent[];
  /** Events that name nobody. */
  lost: readonly bigint[];
  /** Whom somebody else is working on can be given nothing yet: their events wait, and whatever names the same keys. */
  left: { contactIds: readonly string[]; keys: readonly string[] };
}

const nothing: Resolved['left'] = { contactIds: [], keys: [] };

/**
 * Gives every key of these events to a contact, in a transaction of its own. Throws StartOver when somebody else was
 * quicker.
 */
export async function resolveIdentities(db: Db, events: readonly KeyedEvent[], newId: () => string): Promise<Resolved> {
  const { owners, plan } = await planNow(db, events, newId);
  const lost = new Set(plan.lost);
  const ready = events.filter(({ seq }) => !lost.has(seq));
  if (plan.identities.length === 0 && plan.joins.length === 0) return { ready, lost: plan.lost, left: nothing };
  try {
    const inOne = plan.joins.length > 0 ? inJoin : inTransaction;
    await inOne(db, (tx) => write(tx, plan, { events, newId }));
    return { ready, lost: plan.lost, left: nothing };
  } catch (error) {
    if (!(error instanceof ContactsBusy)) throw error;
    const waiting = new Set(
      [...owners.values()].flatMap((one) => (error.contactIds.has(one.contactId) ? one.key : [])),
    );
    const [left, others] = apart(events, waiting);
    const rest = await resolveIdentities(db, others, newId);
    const contactIds = [...rest.left.contactIds, ...left.flatMap((event) => contactsOf(event, owners))];
    return { ...rest, left: { contactIds, keys: [...rest.left.keys, ...waiting] } };
  }
}

interface Seen {
  events: readonly KeyedEvent[];
  newId: () => string;
}

class ContactsBusy extends Error {
  constructor(readonly contactIds: ReadonlySet<string>) {
    super('contacts that get keys or are joined are locked elsewhere');
  }
}

async function write(tx: Tx, plan: IdentityPlan, seen: Seen): Promise<void> {
  await lockAndCheck(tx, plan, seen);
  await insertContacts(
    tx,
    plan.contacts.map(({ id }) => id),
  );
  const given = await insertIdentities(tx, plan.identities);
  if (given < plan.identities.length) throw new StartOver('a key was given to somebody meanwhile');
  const hopsOf = new Map(seen.events.map(({ seq, hops }) => [seq, hops]));
  await insertInside(tx, createdOf(plan, seen.events));
  const joined: Joined[] = [];
  for (const round of rounds(plan.joins)) {
    const joins = round.map(({ seq, ...ids }) => ({ ...ids, by: 'identity' as const, reason: `event ${seq}` }));
    joined.push(...(await joinContacts(tx, joins, new Date())));
  }
  const causes = new Map(plan.joins.map(({ from, seq }) => [from, seq]));
  await tellOfMerges(
    tx,
    joined.map((one) => {
      const seq = causes.get(one.from) ?? 0n;
      return { ...one, by: 'identity' as const, cause: String(seq), hops: (hopsOf.get(seq) ?? 0) + 1 };
    }),
  );
}

/**
 * Whoever gets a key or is joined may have been made one with somebody before the locks were there: a key that is given
 * to a record that went would be nobody's.
 */
async function lockAndCheck(tx: Tx, plan: IdentityPlan, { events, newId }: Seen): Promise<void> {
  const created = new Set(plan.contacts.map(({ id }) => id));
  const named = [
    ...plan.identities.map(({ contactId }) => contactId),
    ...plan.joins.flatMap(({ from, into }) => [from, into]),
  ];
  const ids = [...new Set(named)].filter((id) => !created.has(id));
  if (ids.length === 0) return;
  const locked = await lockFreeContacts(tx, ids);
  const leadsOn = await lockFreeJoined(
    tx,
    plan.joins.map(({ from }) => from),
  );
  const busy = ids.filter((id) => !locked.has(id) || leadsOn.has(id));
  if (busy.length > 0) throw new ContactsBusy(new Set(busy));
  const now = await planNow(tx, events, newId);
  if (!isSamePlan(plan, now.plan)) throw new StartOver('somebody turned out to be somebody else meanwhile');
}

function contactsOf(event: KeyedEvent, owners: ReadonlyMap<string, Owner>): string[] {
  return keysOf(event).flatMap((key) => owners.get(key)?.contactId ?? []);
}

/** Several visitors may be one person: one after the other, so that each sees what the one before brought along. */
function rounds(joins: readonly Join[]): Join[][] {
  const result: Join[][] = [];
  for (const join of joins) {
    const round = result.find((others) => others.every(({ into }) => into !== join.into));
    if (round) round.push(join);
    else result.push([join]);
  }
  return result;
}

function createdOf({ contacts }: IdentityPlan, events: readonly KeyedEvent[]): InsideRow[] {
  const causes = new Map(events.map((event) => [event.seq, event]));
  return contacts.map(({ id: contactId, seq }) => ({
    ...{ type: 'contact.created', contactId, bucket: bucketOf(`contact:${contactId}`), properties: {} },
    messageId: `contact.created:${contactId}:${seq}`,
    hops: (causes.get(seq)?.hops ?? 0) + 1,
    startsNobody: causes.get(seq)?.startsNobody ?? false,
  }));
}
