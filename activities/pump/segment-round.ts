import type { Logger } from 'pino';
import { isDatabaseAway, isTimeUp } from '../../prisma/database-away';
import { sqlState } from './errors';
import type { Next } from './loop';
import { Pauses } from './pauses';
import {
  asSweeper,
  letIn,
  sweepAll,
  sweepEdges,
  toCount,
  type SegmentSweepDeps,
  type Sweep,
  type Sweepable,
} from './sweep-segments';

/** Of the time, looking at everybody may take no more than this share. */
const SHARE = 0.1;
/** Of a watch that neither time nor points can turn, everybody is looked at so much more rarely: events tell of it all. */
const RARELY = 60;

/** How much looking at everybody may still take: it is saved up as time goes by. */
export class SweepPace {
  private saved: number;
  private last = performance.now();
  readonly pauses: Pauses;

  /** @param everyMs how long a round comes after the one before */
  constructor(readonly everyMs: number) {
    this.saved = SHARE * everyMs;
    this.pauses = new Pauses(everyMs);
  }

  allows(): boolean {
    const now = performance.now();
    this.saved = Math.min(SHARE * this.everyMs, this.saved + SHARE * (now - this.last));
    this.last = now;
    return this.saved > 0;
  }

  spend(ms: number): void {
    this.saved -= ms;
  }
}

export interface SegmentRoundDeps extends SegmentSweepDeps {
  log: Logger;
  pace: SweepPace;
  onTurned: () => void;
}

/**
 * A round of the sweep: lets in whom new watches hold for, looks at whose events came over the edge of a period, and as
 * far as the pace allows at everybody, one watch after the other. One that fails stops none of the others.
 */
export async function segmentRound(deps: SegmentRoundDeps): Promise<Next> {
  await asSweeper(deps, async (sweep) => {
    const unknown = new Set<string>();
    for (const watch of sweep.watches) {
      if (!sweep.goesOn()) return;
      if (watch.known) await tried(deps, { watch, look: 'edges', run: () => sweepEdges(sweep, watch) });
      else if (!(await tried(deps, { watch, look: 'join', run: () => letIn(sweep, watch) }))) unknown.add(watch.key);
    }
    for (const watch of dueOf(sweep, deps.pace.everyMs)) {
      if (!sweep.goesOn() || !deps.pace.allows()) break;
      if (unknown.has(watch.key)) continue;
      const began = performance.now();
      await tried(deps, { watch, look: 'all', run: () => sweepAll(sweep, watch) });
      deps.pace.spend(performance.now() - began);
    }
    for (const { key, count } of await toCount(sweep)) {
      if (!sweep.goesOn()) return;
      await tried(deps, { watch: { key }, look: 'count', run: count });
    }
  });
  return 'idle';
}

interface Look {
  watch: Pick<Sweepable, 'key'>;
  look: 'join' | 'edges' | 'all' | 'count';
  /** Answers how many turned, if it tells of any. */
  run: () => Promise<number | void>;
}

/**
 * False where it fails, or has failed and is left alone for a while. A lock that others held for too long, or a lost
 * connection, is no reason to: the next round tries again.
 */
async function tried(
  { log, pace: { pauses }, onTurned }: SegmentRoundDeps,
  { watch, look, run }: Look,
): Promise<boolean> {
  const key = `${look} ${watch.key}`;
  if (!pauses.isOver(key)) return false;
  try {
    if (((await run()) ?? 0) > 0) onTurned();
    pauses.noteSuccess(key);
    return true;
  } catch (error) {
    const passing = isDatabaseAway(error) && !isTimeUp(error);
    const failures = passing ? 0 : pauses.noteFailure(key);
    const name = error instanceof Error ? error.name : 'unknown';
    log.warn({ watch: watch.key, look, failures, error: name, sqlState: sqlState(error) }, 'segment not swept');
    return false;
  }
}

/** Those that have waited longest first. */
function dueOf({ watches, at }: Sweep, everyMs: number): Sweepable[] {
  const dueAt = ({ lookedAt, triggers }: Sweepable) =>
    lookedAt === null ? -Infinity : lookedAt + (triggers.scores ? everyMs : RARELY * everyMs);
  return watches.filter((watch) => dueAt(watch) <= at).sort((a, b) => dueAt(a) - dueAt(b));
}
