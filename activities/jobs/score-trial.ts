import { setImmediate } from 'node:timers/promises';
import type { Db } from '../../prisma/client';
import { nextContacts } from '../../prisma/stores/contact-pages';
import type { Job } from '../../prisma/stores/jobs';
import { readProfiles, type ProfileRow } from '../../prisma/stores/pump/contacts';
import { loadModel } from '../../prisma/stores/score-model';
import { readScoredPasts, type ScoredPast } from '../../prisma/stores/score-trial';
import type { ScoreTrialInput } from '../../workflows/contract/score-trial';
import type { JsonObject } from '../../workflows/domain/json';
import type { ScoreModel } from '../../workflows/domain/scoring/model';
import { plainModel } from '../../workflows/domain/scoring/plain-model';
import { byMoment } from '../../workflows/domain/scoring/moments';
import { scoredTypes } from '../../workflows/domain/scoring/rule-index';
import type { ScoreInput } from '../../workflows/domain/scoring/state';
import { judge, type PastMoment } from '../../workflows/domain/scoring-trial/judge';
import { propertyKeysOf } from '../../workflows/domain/scoring-trial/property-keys';
import { reportOf } from '../../workflows/domain/scoring-trial/report';
import { count, newTally, type Tally } from '../../workflows/domain/scoring-trial/tally';
import { Pace } from './pace';
import type { PageDone, PageOf } from './page';

/** What one statement reads. */
const pace = new Pace(200);
/** Whoever did more than this is no person. */
const MOST_EVENTS = 20_000;
/** A page is so long, and then written down: a killed worker loses no more. */
const PAGE_MS = 5_000;

/** How sales answers a lead, and whether it was taken. */
const answers: ReadonlyMap<string, boolean> = new Map([
  ['handoff.accepted', true],
  ['handoff.rejected', false],
]);

/** Counts the pasts of the next contacts by both models; the tally so far stands in the job's result. */
export const scoreTrialPage: PageOf = async ({ db }, job) => {
  const trial = await trialOf(db, job);
  const tally = tallyOf(job);
  const until = performance.now() + PAGE_MS;
  const done = { done: 0, leftOut: 0 };
  const breathing = new Breathing();
  const read = (after: string | null) => pace.run((people) => readPage(db, trial, { after, people }));
  let reading = read(job.cursor);
  for (;;) {
    const { pasts, profiles, next } = await reading;
    const goesOn = next !== null && performance.now() < until;
    // The database reads the next ones while these are counted.
    if (goesOn) reading = read(next);
    reading.catch(() => undefined); // awaited by the next turn, if there is one
    for (const past of pasts) {
      countPast(trial, tally, { past, profile: profiles.get(past.contactId) });
      await breathing.pause();
    }
    done.done += pasts.length;
    done.leftOut += pasts.filter(({ events }) => events === null).length;
    if (!goesOn) return pageDone(tally, next, done);
  }
};

/** Whatever else this process does waits no longer than this, or than one past takes. */
const BREATH_MS = 20;

/** Lets the process do other things, now and then. */
class Breathing {
  private since = performance.now();

  async pause(): Promise<void> {
    if (performance.now() - this.since < BREATH_MS) return;
    await setImmediate();
    this.since = performance.now();
  }
}

interface Trial {
  now: ScoreModel;
  draft: ScoreModel;
  at: number;
  types: string[];
  keys: string[];
}

async function trialOf(db: Db, job: Job): Promise<Trial> {
  const { versionId, draft, at } = job.input as unknown as ScoreTrialInput; // written by the route alone
  const published = versionId === null ? null : await loadModel(db, versionId);
  const now = published?.model ?? plainModel;
  const types = [...scoredTypes(now), ...scoredTypes(draft), ...answers.keys()];
  const keys = [...propertyKeysOf(now), ...propertyKeysOf(draft)];
  return { now, draft, at, types: [...new Set(types)], keys: [...new Set(keys)] };
}

function tallyOf({ cursor, result }: Job): Tally {
  return cursor === null || result === null ? newTally() : (result.tally as unknown as Tally); // written below
}

async function readPage(db: Db, { types, keys }: Trial, { after, people }: { after: string | null; people: number }) {
  const { ids: contactIds, next } = await nextContacts(db, after, people);
  const pasts = await readScoredPasts(db, { contactIds, types, keys, most: MOST_EVENTS });
  const profiles = await readProfiles(db, contactIds);
  return { pasts, profiles: new Map(profiles.map((row) => [row.id, row])), next };
}

interface Counted {
  past: ScoredPast;
  profile: ProfileRow | undefined;
}

function countPast({ now, draft, at }: Trial, tally: Tally, { past, profile }: Counted): void {
  if (past.events === null || !profile) return;
  const moments = momentsOf(past, profile, at);
  const own = past.events.filter(([when, , type]) => when <= at && answers.has(type));
  count(tally, {
    contactId: past.contactId,
    events: past.events.length,
    now: judge(now, moments, at),
    draft: judge(draft, moments, at),
    answers: own.map(([, , type]) => answers.get(type) === true),
  });
}

/** Fields are as they are today from the first moment on: what they were is not kept. */
function momentsOf({ events, given }: ScoredPast, { fields, traits }: ProfileRow, to: number): PastMoment[] {
  const points: ScoreInput[] = given.map(([at, axis, amount, rule]) => ({
    ...{ kind: 'given', at, axis, points: amount, rule },
  }));
  const happened: ScoreInput[] = (events ?? []).map(([at, seq, type, properties]) => ({
    ...{ kind: 'event', at, seq: BigInt(seq), type, properties },
  }));
  const inputs = [...points, ...happened].filter(({ at }) => at <= to).sort(byMoment);
  const from = inputs[0]?.at ?? to;
  const known: ScoreInput = { kind: 'fields', at: from, contact: { ...fields, traits } };
  // An answer is judged by what was before it, and may itself give points or reset them.
  return [known, ...inputs].flatMap((input): PastMoment[] => {
    const moment: PastMoment = { kind: 'input', input };
    return input.kind === 'event' && answers.has(input.type) ? [{ kind: 'answer', at: input.at }, moment] : [moment];
  });
}

function pageDone(tally: Tally, to: string | null, counts: { done: number; leftOut: number }): PageDone {
  // Both are plain JSON.
  const result = to === null ? { ...reportOf(tally), tally: null } : { tally };
  return { to, counts, result: result as unknown as JsonObject };
}
