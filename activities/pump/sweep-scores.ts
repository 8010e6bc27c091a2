import { bucketOf } from '../../prisma/bucket';
import { inTransaction, type Db, type Tx } from '../../prisma/client';
import { lockFreeContacts } from '../../prisma/stores/pump/contacts';
import { insertInside } from '../../prisma/stores/pump/events';
import { readModelNow } from '../../prisma/stores/scores/model';
import { readScores } from '../../prisma/stores/scores/read';
import { dueScores } from '../../prisma/stores/scores/states';
import { openTallies, writeChecked } from '../../prisma/stores/scores/tallies';
import { countTime } from '../../workflows/domain/scoring/tally';
import { tellCrossings } from '../../workflows/domain/scoring/tell';
import { turnSilently } from './turn-silently';

export interface ScoreSweepDeps {
  db: Db;
  /** The instant that it sweeps for; now unless told otherwise. */
  at?: Date;
  /** Contacts of one transaction. */
  pageSize?: number;
}

export interface ScorePage {
  /** Scores that were brought up to the instant. */
  counted: number;
  /** Crossings that were told. */
  told: number;
  /** Contacts that somebody else is working on: they are still due. */
  left: number;
  /** Nothing else is due. */
  atEnd: boolean;
}

/** Brings the next scores that are due up to the instant, and tells of the lines that they crossed meanwhile. */
export function sweepScorePage(deps: ScoreSweepDeps): Promise<ScorePage> {
  const { db, at = new Date(), pageSize = 250 } = deps;
  return inTransaction(db, async (tx) => {
    const due = await dueScores(tx, { at, limit: pageSize });
    if (due.length === 0) return { counted: 0, told: 0, left: 0, atEnd: true };
    const locked = [...(await lockFreeContacts(tx, due))];
    const told = await passTime(tx, locked, at.getTime());
    return { counted: locked.length, told, left: due.length - locked.length, atEnd: due.length < pageSize };
  });
}

/** All that is due, for tests and for whoever cannot wait. Answers how many crossings were told. */
export async function sweepScores(deps: ScoreSweepDeps): Promise<number> {
  for (let told = 0; ;) {
    const page = await sweepScorePage(deps);
    told += page.told;
    if (page.atEnd || page.counted === 0) return told;
  }
}

/** Whoever has counted these scores meanwhile has left nothing to do here: they are read under the locks. */
async function passTime(tx: Tx, contactIds: readonly string[], at: number): Promise<number> {
  const now = await readModelNow(tx);
  const opened = await openTallies(
    tx,
    now,
    contactIds.map((contactId) => ({ contactId, at })),
  );
  const tallies = [...opened].map(([contactId, { tally, net }]) => ({ contactId, tally, net }));
  const told = tallies.flatMap(({ contactId, tally, net }) => {
    const marks = [...net, ...countTime(tally, now.model, at)];
    return tellCrossings(marks, { contactId, cause: `time:${at}` }).map((one) => ({ ...one, contactId }));
  });
  const silent = [...opened].flatMap(([contactId, one]) => (one.silent ? contactId : []));
  const before = await readScores(tx, silent, at);
  await writeChecked(tx, now, tallies);
  await turnSilently(tx, { before, at });
  // Time is something outside: what follows from it is one event away.
  await insertInside(
    tx,
    told.map((one) => ({ ...one, bucket: bucketOf(`contact:${one.contactId}`), hops: 1 })),
  );
  return told.length;
}
