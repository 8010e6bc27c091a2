/** An open enrollment of somebody whose records are made one. */
export interface OpenRun {
  id: string;
  /** The record that stays. */
  person: string;
  journeyKey: string;
  entryKey: string;
  enteredAt: number;
}

export interface YieldingRun {
  goes: string;
  /** The older one of the same journey and key. */
  stays: string;
}

/** Of each journey and entry key one run of a person stays open: the one that began first. */
export function yieldingRuns(runs: readonly OpenRun[]): YieldingRun[] {
  const first = new Map<string, string>();
  return [...runs].sort(byAge).flatMap((run) => {
    const key = JSON.stringify([run.person, run.journeyKey, run.entryKey]);
    const stays = first.get(key);
    if (stays === undefined) first.set(key, run.id);
    return stays === undefined ? [] : [{ goes: run.id, stays }];
  });
}

function byAge(a: OpenRun, b: OpenRun): number {
  return a.enteredAt - b.enteredAt || (a.id < b.id ? -1 : 1);
}

/**
 * Whether a message of the run that stayed is one that a run which yielded to it has sent already: the person has it.
 * In a loop the same step sends again and again; each message counts for one of its visits.
 */
export function wasSentByYielded(it: { sentThere: number; visitsBefore: number }): boolean {
  return it.sentThere > it.visitsBefore;
}
