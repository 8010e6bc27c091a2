import { reentryRefusal, type Reentry } from '../entry';

/** An enrollment of somebody whose records are made one; of a finished one that did not make way itself, `endedAt`. */
export interface Run {
  id: string;
  /** The record that stays … */
  person: string;
  /** … and the one that it is of. */
  record: string;
  journeyKey: string;
  entryKey: string;
  enteredAt: number;
  /** Null while it is open. */
  endedAt: number | null;
  reentry: Reentry;
}

export interface YieldingRun {
  goes: string;
  /** The older one of the same journey. */
  stays: string;
}

/**
 * Of each journey and entry key one run of a person stays open: the one that began first. None does that would not have
 * been let in, had it been known what the other record had been through: its messages were sent already.
 */
export function yieldingRuns(runs: readonly Run[]): YieldingRun[] {
  const first = new Map<string, string>();
  const open = runs.filter(({ endedAt }) => endedAt === null);
  const finished = runs.filter(({ endedAt }) => endedAt !== null).sort(byAge);
  return open.sort(byAge).flatMap((run) => {
    const key = JSON.stringify([run.person, run.journeyKey, run.entryKey]);
    const stays = first.get(key) ?? refusing(run, finished);
    if (stays === undefined) first.set(key, run.id);
    return stays === undefined ? [] : [{ goes: run.id, stays }];
  });
}

/** The finished run of the other record by which this one would have been refused. */
function refusing(run: Run, finished: readonly Run[]): string | undefined {
  const before = finished.filter(
    (one) =>
      one.person === run.person &&
      one.record !== run.record &&
      one.journeyKey === run.journeyKey &&
      byAge(one, run) < 0,
  );
  const earlier = before.map(({ entryKey, endedAt }) => {
    return { entryKey, finished: endedAt !== null && endedAt <= run.enteredAt, endedAt };
  });
  // Its records may have lived in two zones: periods are counted in none of them.
  const refusal = reentryRefusal(run.reentry, run.entryKey, { earlier, at: run.enteredAt, zone: 'UTC' });
  return refusal ? before.at(-1)?.id : undefined;
}

function byAge(a: Run, b: Run): number {
  return a.enteredAt - b.enteredAt || (a.id < b.id ? -1 : 1);
}

/**
 * Whether a message of the run that stayed is one that a newer run of the person has sent already, which made way for it or
 * was over before. In a loop the same step sends again and again; each message counts for one of its visits.
 */
export function wasSentByNewer(it: { sentThere: number; visitsBefore: number }): boolean {
  return it.sentThere > it.visitsBefore;
}
