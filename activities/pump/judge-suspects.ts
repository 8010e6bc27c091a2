import { bucketOf } from '../../prisma/bucket';
import { inTransaction, type Db, type Tx } from '../../prisma/client';
import { readKnown, type KnownContact } from '../../prisma/stores/known';
import { lockLivingContacts } from '../../prisma/stores/pump/contacts';
import { insertInside } from '../../prisma/stores/pump/events';
import { clockOf, whoWaits } from '../../prisma/stores/pump/queue';
import { keepWatch, readMembers, writeTurns, type TurnRow } from '../../prisma/stores/pump/watches';
import { readOutdated } from '../../prisma/stores/scores/states';
import { meets } from '../../workflows/domain/conditions/evaluate';
import { needsOf } from '../../workflows/domain/conditions/needs';
import { factsOf } from '../../workflows/domain/entries/known';
import { turnEvent } from '../../workflows/domain/entries/turn-event';
import { contactZone } from '../../workflows/domain/timing/zone';
import type { WatchNow } from './fold/subject';
import type { RulesNow } from './rules';

/** One watch, and whom time may have turned it for. */
export interface Judging {
  db: Db;
  watch: WatchNow;
  rules: RulesNow;
  /** Not before this instant, epoch milliseconds; else at that of the judgement. */
  at: number;
  /** Contacts of one transaction. */
  pageSize: number;
}

/** How many turned, and for how many of them it is too early to say. */
export interface Judged {
  turned: number;
  waiting: number;
}

/** Judges those for whom a watch may have turned again, under their locks, and tells of it. */
export async function judgeSuspects(it: Judging, contactIds: readonly string[]): Promise<Judged> {
  const judged = { turned: 0, waiting: 0 };
  for (let i = 0; i < contactIds.length; i += it.pageSize) {
    const page = contactIds.slice(i, i + it.pageSize);
    const { turned, waiting } = await inTransaction(it.db, (tx) => judgePage(tx, it, page), { timeoutMs: 30_000 });
    judged.turned += turned;
    judged.waiting += waiting;
  }
  return judged;
}

async function judgePage(tx: Tx, judging: Judging, suspects: readonly string[]): Promise<Judged> {
  const contactIds = await lockLivingContacts(tx, suspects);
  if (contactIds.length === 0 || !(await keepWatch(tx, judging.watch))) return { turned: 0, waiting: 0 };
  // Under the locks: so no event was judged later than this, and time does not go back for anybody.
  const it = { ...judging, at: Math.max(judging.at, await clockOf(tx)) };
  const turned = await turnsOf(tx, it, contactIds);
  // What somebody did before goes before what time does.
  const waiting = await whoWaits(
    tx,
    turned.map(({ contactId }) => contactId),
  );
  const turns = turned.filter(({ contactId }) => !waiting.has(contactId));
  await writeTurns(tx, turns);
  await insertInside(
    tx,
    turns.flatMap((turn) => eventOf(turn, it)),
  );
  return { turned: turns.length, waiting: waiting.size };
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
