import type { Tx } from '../../prisma/client';
import { insertDispatch } from '../../prisma/stores/dispatch';
import { insertConsents, liftOptOuts } from '../../prisma/stores/consents';
import { writeLastTurns, writeProfiles } from '../../prisma/stores/pump/contacts';
import { insertDecisions } from '../../prisma/stores/pump/decisions';
import { closeWonVisits, insertEnrollments, writeDiversions, writeLeaving } from '../../prisma/stores/pump/enrollments';
import { insertInside, markProcessed, type Processed } from '../../prisma/stores/pump/events';
import { writeTallies } from '../../prisma/stores/scores/tallies';
import type { ModelNow } from '../../prisma/stores/scores/model';
import { writeTurns } from '../../prisma/stores/pump/watches';
import { bucketOf } from '../../prisma/bucket';
import type { Changes } from './fold/changes';
import type { Subject } from './fold/subject';

/** A batch folded: its events at their turns, and what follows for each contact. */
export interface Folded {
  events: readonly Processed[];
  changes: readonly { subject: Subject; changes: Changes }[];
  /** What scores were counted by. */
  scoring: ModelNow;
}

/** How many dispatch rows and inside events were written. */
export interface Written {
  dispatched: number;
  inside: number;
}

/** Writes what the fold found, a statement per kind of thing. Entries come before what may happen to them at once. */
export async function writeBatch(tx: Tx, { events, changes, scoring }: Folded): Promise<Written> {
  const all = <T>(of: (found: Changes) => readonly T[]) => changes.flatMap((one) => of(one.changes));
  const inside = all((found) => found.inside);
  const dispatch = all((found) => found.dispatch);
  await writeProfiles(tx, changedProfiles(changes));
  await writeTallies(tx, scoring, countedOf(changes));
  await insertConsents(
    tx,
    all((found) => found.consents),
  );
  await liftOptOuts(
    tx,
    all((found) => found.lifts),
  );
  await insertEnrollments(
    tx,
    all((found) => found.entries),
  );
  await closeWonVisits(
    tx,
    all((found) => found.wins),
  );
  await writeLeaving(
    tx,
    all((found) => found.leaves),
  );
  await writeDiversions(
    tx,
    all((found) => found.diversions),
  );
  await insertDecisions(
    tx,
    all((found) => found.decisions),
  );
  await writeTurns(
    tx,
    all((found) => found.turns),
  );
  await insertDispatch(tx, dispatch);
  await insertInside(
    tx,
    inside.map((event) => ({ ...event, bucket: bucketOf(`contact:${event.contactId}`) })),
  );
  await markProcessed(tx, events);
  await writeLastTurns(tx, new Map(events.map(({ contactId, turn }) => [contactId, turn])));
  return { dispatched: dispatch.length, inside: inside.length };
}

function countedOf(changes: Folded['changes']) {
  return changes.flatMap(({ subject: { id, erased, counting } }) =>
    counting && !erased ? [{ contactId: id, tally: counting.tally }] : [],
  );
}

function changedProfiles(changes: Folded['changes']) {
  return changes
    .filter((one) => one.changes.profile)
    .map(({ subject: { id, erased, profile } }) => ({ id, erased, ...profile }));
}
