import { bucketOf } from '../../prisma/bucket';
import { inTransaction, type Db, type Tx } from '../../prisma/client';
import { lockFreeContacts } from '../../prisma/stores/pump/contacts';
import { insertInside } from '../../prisma/stores/pump/events';
import { historySizes } from '../../prisma/stores/scores/budget';
import { readModelNow, type ModelNow } from '../../prisma/stores/scores/model';
import { dueScores, putOffChecks, readDue, type DueScore } from '../../prisma/stores/scores/states';
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

/** Events of those who are counted anew in one transaction: at least one of them fits, whatever they did. */
const MOST_EVENTS = 20_000;
const TIMEOUT_MS = 30_000;
/** Whose events are not counted yet is not told of what these may change at once. */
const WAITING_MS = 10_000;

/** Brings the next scores that are due up to the instant, and tells of the lines that they crossed meanwhile. */
export function sweepScorePage(deps: ScoreSweepDeps): Promise<ScorePage> {
  const { db, at = new Date(), pageSize = 250 } = deps;
  const run = async (tx: Tx): Promise<ScorePage> => {
    const due = await dueScores(tx, { at, limit: pageSize });
    if (due.length === 0) return { counted: 0, told: 0, left: 0, atEnd: true };
    const locked = [...(await lockFreeContacts(tx, due))];
    const now = await readModelNow(tx);
    const found = await readDue(tx, locked, { at, modelId: now.id });
    const [waiting, ready] = partition(found, (one) => one.waiting && !one.outdated);
    const fitting = await fittingOf(tx, now, ready);
    const told = await passTime(tx, now, { contactIds: fitting, at: at.getTime() });
    await putOffChecks(tx, idsOf(waiting), new Date(at.getTime() + WAITING_MS));
    const atEnd = due.length < pageSize && fitting.length === ready.length;
    return { counted: fitting.length, told, left: due.length - locked.length, atEnd };
  };
  return inTransaction(db, run, { timeoutMs: TIMEOUT_MS });
}

/** As many as are counted together: time costs little, a long history much. */
async function fittingOf(tx: Tx, { types }: ModelNow, due: readonly DueScore[]): Promise<string[]> {
  const outdated = due.filter((one) => one.outdated);
  const sizes = await historySizes(tx, idsOf(outdated), { types, most: MOST_EVENTS });
  let events = 0;
  const fitting = due.filter(({ id }, place) => {
    events += sizes.get(id) ?? 0;
    return place === 0 || events <= MOST_EVENTS;
  });
  return idsOf(fitting);
}

function idsOf(due: readonly DueScore[]): string[] {
  return due.map(({ id }) => id);
}

function partition<T>(values: readonly T[], test: (value: T) => boolean): [T[], T[]] {
  return [values.filter(test), values.filter((value) => !test(value))];
}

/** All that is due, for tests and for whoever cannot wait. Answers how many crossings were told. */
export async function sweepScores(deps: ScoreSweepDeps): Promise<number> {
  for (let told = 0; ;) {
    const page = await sweepScorePage(deps);
    told += page.told;
    if (page.atEnd || page.counted === 0) return told;
  }
}

async function passTime(
  tx: Tx,
  now: ModelNow,
  { contactIds, at }: { contactIds: readonly string[]; at: number },
): Promise<number> {
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
  await turnSilently(tx, { opened, at });
  await writeChecked(tx, now, tallies);
  // Time is something outside: what follows from it is one event away.
  await insertInside(
    tx,
    told.map((one) => ({ ...one, bucket: bucketOf(`contact:${one.contactId}`), hops: 1 })),
  );
  return told.length;
}
