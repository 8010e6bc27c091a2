import { bucketOf } from '../../prisma/bucket';
import { inTransaction, type Tx } from '../../prisma/client';
import { nextContacts, stillThere } from '../../prisma/stores/contact-pages';
import { advanceJob, type Job } from '../../prisma/stores/jobs';
import { lockContacts } from '../../prisma/stores/pump/contacts';
import { insertInside } from '../../prisma/stores/pump/events';
import { readModelNow, type ModelNow } from '../../prisma/stores/scores/model';
import { createCompaniesOfUnsettled } from '../../prisma/stores/settling';
import { openTallies, writeTallies } from '../../prisma/stores/scores/tallies';
import { tellCrossings } from '../../workflows/domain/scoring/tell';
import { settleSilently, turnSilently } from '../pump/turn-silently';
import { Pace } from './pace';
import type { PageDone, PageOf } from './page';

/** Of one transaction: contacts are locked for as long, and their events wait. */
const pace = new Pace(100);
const TIMEOUT_MS = 30_000;

/**
 * Counts the next contacts by the published model. The pump does the same with whoever does something meanwhile: who
 * is counted by this model already stays as they are.
 */
export const rescorePage: PageOf = ({ db }, job) =>
  pace.run(async (people) => {
    const { ids } = await nextContacts(db, job.cursor, people);
    // Before the contacts are locked: whoever holds them waits for nobody who makes the same company.
    await createCompaniesOfUnsettled(db, ids);
    return inTransaction(db, (tx) => rescoreNext(tx, job, people), { timeoutMs: TIMEOUT_MS });
  });

async function rescoreNext(tx: Tx, job: Job, people: number): Promise<PageDone | null> {
  const { ids, next: to } = await nextContacts(tx, job.cursor, people);
  await lockContacts(tx, ids);
  // Whoever held them may have published, or made two of them one.
  const now = await readModelNow(tx);
  if (now.id !== job.input.versionId) return overtaken(job);
  const there = await stillThere(tx, ids);
  await settleSilently(tx, there);
  const counted = await recount(tx, now, there);
  await advanceJob(tx, job.id, { from: job.cursor, to, counts: { done: ids.length, counted } });
  return null;
}

/** The job of the newer model counts everybody. */
function overtaken({ progress }: Job): PageDone {
  return { to: null, result: { overtaken: true, left: Math.max(0, (progress.total ?? 0) - (progress.done ?? 0)) } };
}

async function recount(tx: Tx, now: ModelNow, contactIds: readonly string[]): Promise<number> {
  const at = Date.now();
  const opened = await openTallies(
    tx,
    now,
    contactIds.map((contactId) => ({ contactId, at })),
  );
  const anew = [...opened].filter(([, { anew: why }]) => why !== null);
  await turnSilently(tx, { opened, at });
  await writeTallies(
    tx,
    now,
    anew.map(([contactId, { tally }]) => ({ contactId, tally })),
  );
  await insertInside(
    tx,
    anew.flatMap(([contactId, { net }]) =>
      tellCrossings(net, { contactId, cause: `model:${now.id}` }).map((told) => ({
        ...told,
        ...{ contactId, bucket: bucketOf(`contact:${contactId}`), hops: 1 },
      })),
    ),
  );
  return anew.length;
}
