import { inTransaction, type Db, type Tx } from '../../prisma/client';
import { lockFreeContacts } from '../../prisma/stores/pump/contacts';
import { readSends } from '../../prisma/stores/pump/enrollments';
import { countUnprocessed, readUnprocessed, takeTurns, type BucketGroup } from '../../prisma/stores/pump/events';
import { tryBucketGroup } from '../../prisma/stores/pump/lock';
import { keepWatches } from '../../prisma/stores/pump/watches';
import { readCountings } from './countings';
import { FoldFailure, messageOf, StartOver } from './errors';
import { readCompaniesNow } from './companies';
import { lockConsenting, readLiftable, readTakenBack } from './consenting';
import { foldContact } from './fold/fold';
import type { Rules, Subject } from './fold/subject';
import { ownEvents, turned, type OwnedEvent } from './owned-events';
import { readRules, type Versions } from './rules';
import { interestsOf, wantedFor } from './interests';
import { groupBy, readAsked, readSets, subjectsOf, unique } from './subjects';
import { writeBatch, type Folded, type Written } from './write';

export interface BatchDeps {
  db: Db;
  versions: Versions;
}

export interface BatchRequest {
  group: BucketGroup;
  seqs: readonly bigint[];
  /** Contacts whose earlier events are still waiting: theirs wait too. */
  skip: ReadonlySet<string>;
}

/** What came of a batch; `left` are the contacts that somebody else is working on: their events wait. */
export type BatchResult = { kind: 'busy' } | ({ kind: 'done'; processed: number; left: readonly string[] } & Written);

/**
 * Folds these events and writes what follows, in one transaction: a statement per kind of thing, none per event or
 * contact. `busy` when another process is at this bucket group. Throws StartOver when identities changed meanwhile.
 */
export function foldBatch({ db, versions }: BatchDeps, { group, seqs, skip }: BatchRequest): Promise<BatchResult> {
  const run = async (tx: Tx): Promise<BatchResult> => {
    if (!(await tryBucketGroup(tx, group))) return { kind: 'busy' };
    const found = await ownEvents(tx, await readUnprocessed(tx, seqs));
    const { events, left } = await lock(tx, found, skip);
    if (events.length === 0) return { kind: 'done', processed: 0, left, dispatched: 0, inside: 0 };
    const written = await writeBatch(tx, await fold(tx, versions, events));
    return { kind: 'done', processed: events.length, left, ...written };
  };
  return inTransaction(db, run, { timeoutMs: 30_000 });
}

/** Locks whom it can, then looks again at what was found before the lock. */
async function lock(
  tx: Tx,
  found: readonly OwnedEvent[],
  skip: ReadonlySet<string>,
): Promise<{ events: readonly OwnedEvent[]; left: string[] }> {
  const contactIds = unique(found.map(({ contactId }) => contactId));
  const locked = await lockFreeContacts(
    tx,
    contactIds.filter((id) => !skip.has(id)),
  );
  const busy = await lockConsenting(
    tx,
    found.filter(({ contactId }) => locked.has(contactId)),
  );
  for (const id of busy) locked.delete(id);
  const events = found.filter(({ contactId }) => locked.has(contactId));
  const again = await ownEvents(tx, events);
  const moved = again.length !== events.length || again.some(({ contactId }, i) => contactId !== events[i]?.contactId);
  if (moved) throw new StartOver('a key went to another contact meanwhile');
  const unprocessed = await countUnprocessed(
    tx,
    events.map(({ seq }) => seq),
  );
  if (unprocessed !== events.length) throw new StartOver('an event was processed meanwhile');
  return { events: again, left: contactIds.filter((id) => !locked.has(id)) };
}

async function fold(tx: Tx, versions: Versions, events: readonly OwnedEvent[]): Promise<Folded> {
  const sets = await readSets(tx, unique(events.map(({ contactId }) => contactId)));
  const versionIds = sets.enrollments.filter(({ finished }) => !finished).map(({ versionId }) => versionId);
  const rules = await readRules(tx, versions, unique(versionIds));
  const oldest = Math.min(...events.map(({ receivedAt }) => receivedAt.getTime()));
  const asked = await readAsked(tx, wantedFor(interestsOf(rules), events), oldest);
  const liftable = await readLiftable(tx, events);
  const withdrawn = await readTakenBack(tx, events);
  const countings = await readCountings(tx, rules.scoring, events);
  const companies = await readCompaniesNow(tx, events, sets.profiles);
  const subjects = subjectsOf(sets, { ...asked, liftable, withdrawn, countings, companies });
  const sends = await readSends(tx, unique(events.flatMap(({ sendId }) => sendId ?? [])));
  const turns = await takeTurns(tx, events.length);
  const inTurn = events.map((event, i) => ({ ...event, turn: turns[i] ?? 0n }));
  const about = new Map(sends.map(({ id, enrollmentId, stepId }) => [id, { sendId: id, enrollmentId, stepId }]));
  const changes = [...groupBy(inTurn, ({ contactId }) => contactId)].map(([contactId, own]) => {
    const subject = subjects.get(contactId);
    if (!subject) throw new Error(`contact ${contactId} is locked and not there`);
    return {
      subject,
      changes: foldSafely(
        subject,
        own.map((event) => turned(event, about)),
        rules,
      ),
    };
  });
  await keepTurned(tx, changes, rules);
  return { events: inTurn, changes, scoring: rules.scoring };
}

/** What turned must still be watched as it was read, until the commit. */
async function keepTurned(tx: Tx, changes: Folded['changes'], { watches }: Rules): Promise<void> {
  const keys = new Set(changes.flatMap((one) => one.changes.turns.map(({ key }) => key)));
  if (keys.size === 0) return;
  const kept = await keepWatches(
    tx,
    watches.filter(({ key }) => keys.has(key)),
  );
  if (kept.size < keys.size) throw new StartOver('a segment was saved meanwhile');
}

/** Whatever the fold trips over lies in the event: it is set aside, the rest goes on. */
function foldSafely(subject: Subject, events: Parameters<typeof foldContact>[1], rules: Rules) {
  try {
    return foldContact(subject, events, rules);
  } catch (error) {
    throw new FoldFailure(messageOf(error), { cause: error });
  }
}
