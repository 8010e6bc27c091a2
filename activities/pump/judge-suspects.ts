import { bucketOf } from '../../prisma/bucket';
import { inTransaction, type Db, type Tx } from '../../prisma/client';
import { readKnown, type KnownContact } from '../../prisma/stores/known';
import { lockLivingContacts } from '../../prisma/stores/pump/contacts';
import { insertInside } from '../../prisma/stores/pump/events';
import { keepWatch, readMembers, writeTurns, type TurnRow } from '../../prisma/stores/pump/watches';
import { readOutdated } from '../../prisma/stores/scores/states';
import { meets } from '../../workflows/domain/conditions/evaluate';
import { needsOf } from '../../workflows/domain/conditions/needs';
import { factsOf } from '../../workflows/domain/entries/known';
import { turnEvent } from '../../workflows/domain/entries/turn-event';
import { contactZone } from '../../workflows/domain/timing/zone';
import type { WatchNow } from './fold/subject';
import type { RulesNow } from './rules';

/** One watch at one instant. */
export interface Judging {
  db: Db;
  watch: WatchNow;
  rules: RulesNow;
  /** Epoch milliseconds. */
  at: number;
  /** Contacts of one transaction. */
  pageSize: number;
}

/** Judges those for whom a watch may have turned again, under their locks, and tells of it. Answers how many it had. */
export async function judgeSuspects(it: Judging, contactIds: readonly string[]): Promise<number> {
  let turned = 0;
  for (let i = 0; i < contactIds.length; i += it.pageSize) {
    const page = contactIds.slice(i, i + it.pageSize);
    turned += await inTransaction(it.db, (tx) => judgePage(tx, it, page), { timeoutMs: 30_000 });
  }
  return turned;
}

async function judgePage(tx: Tx, it: Judging, suspects: readonly string[]): Promise<number> {
  const contactIds = await lockLivingContacts(tx, suspects);
  if (contactIds.length === 0 || !(await keepWatch(tx, it.watch))) return 0;
  const turns = await turnsOf(tx, it, contactIds);
  await writeTurns(tx, turns);
  await insertInside(
    tx,
    turns.flatMap((turn) => eventOf(turn, it)),
  );
  return turns.length;
}

async function turnsOf(tx: Tx, it: Judging, contactIds: readonly string[]): Promise<TurnRow[]> {
  const { watch, rules, at } = it;
  const needs = needsOf([watch.condition], rules.segments);
  const known = await readKnown(tx, contactIds, { needs, at });
  const rows = await readMembers(tx, contactIds);
  // Whoever counts them turns them, and knows whether it is to be told.
  const outdated = watch.triggers.scores ? await readOutdated(tx, contactIds, rules.scoring.id) : new Set();
  const members = new Set(rows.flatMap(({ contactId, key }) => (key === watch.key ? contactId : [])));
  return known
    .filter(({ id }) => !outdated.has(id))
    .flatMap((contact) => {
      const holds = holdsFor(contact, it);
      return holds === members.has(contact.id) ? [] : [{ key: watch.key, contactId: contact.id, holds, at }];
    });
}

function holdsFor(contact: KnownContact, { watch: { condition, journey }, rules, at }: Judging): boolean {
  const { segments, defaultZone } = rules;
  const zone = contactZone(contact.contact, defaultZone);
  return meets(condition, factsOf(contact, { condition, segments, journeyKey: journey, properties: {}, at, zone }));
}

function eventOf({ contactId, holds }: TurnRow, { watch, at }: Judging) {
  const told = turnEvent(watch, { contactId, holds, cause: new Date(at).toISOString(), because: 'time' });
  // Time is something outside: what follows from it is one event away.
  return told ? [{ ...told, contactId, bucket: bucketOf(`contact:${contactId}`), hops: 1 }] : [];
}
