import { inTransaction, type Db, type Tx } from '../../prisma/client';
import { lockContacts } from '../../prisma/stores/pump/contacts';
import { insertInside, type InsideRow, type KeyedEvent } from '../../prisma/stores/pump/events';
import { insertContacts, insertIdentities, readOwners } from '../../prisma/stores/pump/identities';
import { joinContacts } from '../../prisma/stores/pump/join';
import { bucketOf } from '../../prisma/stores/effects/inside-events';
import { StartOver } from './errors';
import { keysOf } from './keys';
import { planIdentities, type IdentityPlan, type Join } from './plan-identities';

interface Seen {
  events: readonly KeyedEvent[];
  keys: readonly string[];
  newId: () => string;
}

/**
 * Gives every key of these events to a contact, in a transaction of its own. Answers the events that name nobody.
 * Throws StartOver when somebody else was quicker.
 */
export async function resolveIdentities(
  db: Db,
  events: readonly KeyedEvent[],
  newId: () => string,
): Promise<readonly bigint[]> {
  const keys = [...new Set(events.flatMap(keysOf))].sort();
  const plan = planIdentities(events, await readOwners(db, keys), newId);
  if (plan.identities.length > 0 || plan.joins.length > 0) {
    await inTransaction(db, (tx) => write(tx, plan, { events, keys, newId }));
  }
  return plan.lost;
}

async function write(tx: Tx, plan: IdentityPlan, { events, keys, newId }: Seen): Promise<void> {
  if (plan.joins.length > 0) await lockAndCheck(tx, plan, { events, keys, newId });
  await insertContacts(
    tx,
    plan.contacts.map(({ id }) => id),
  );
  const given = await insertIdentities(tx, plan.identities);
  if (given < plan.identities.length) throw new StartOver('a key was given to somebody meanwhile');
  for (const round of rounds(plan.joins)) await joinContacts(tx, round);
  await insertInside(tx, insideOf(plan, new Map(events.map(({ seq, hops }) => [seq, hops]))));
}

/** A visitor may have been joined, or become known, while this one waited for the lock. */
async function lockAndCheck(tx: Tx, { joins }: IdentityPlan, { events, keys, newId }: Seen): Promise<void> {
  await lockContacts(tx, [...new Set(joins.flatMap(({ from, into }) => [from, into]))]);
  const planned = planIdentities(events, await readOwners(tx, keys), newId);
  const same =
    planned.joins.length === joins.length &&
    joins.every(({ from }) => planned.joins.some((join) => join.from === from));
  if (!same) throw new StartOver('a visitor turned out to be somebody meanwhile');
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

function insideOf({ contacts, joins }: IdentityPlan, hopsOf: ReadonlyMap<bigint, number>): InsideRow[] {
  const created = contacts.map(({ id, seq }) => inside('contact.created', id, { seq, hopsOf }));
  const merged = joins.map(({ from, into, seq }) => ({
    ...inside('contact.merged', into, { seq, hopsOf }),
    messageId: `contact.merged:${from}:${seq}`,
    properties: { from },
  }));
  return [...created, ...merged];
}

function inside(
  type: string,
  contactId: string,
  { seq, hopsOf }: { seq: bigint; hopsOf: ReadonlyMap<bigint, number> },
): InsideRow {
  const hops = (hopsOf.get(seq) ?? 0) + 1;
  const messageId = `${type}:${contactId}:${seq}`;
  return { messageId, type, contactId, bucket: bucketOf(`contact:${contactId}`), properties: {}, hops };
}
