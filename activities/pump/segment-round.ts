import type { Next } from './loop';
import {
  asSweeper,
  letIn,
  sweepAll,
  sweepEdges,
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

  /** @param everyMs how long a round comes after the one before */
  constructor(readonly everyMs: number) {
    this.saved = SHARE * everyMs;
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
  pace: SweepPace;
  onTurned: () => void;
}

/**
 * A round of the sweep: lets in whom new watches hold for, looks at whose events came over the edge of a period, and as
 * far as the pace allows at everybody, one watch after the other.
 */
export async function segmentRound(deps: SegmentRoundDeps): Promise<Next> {
  await asSweeper(deps, async (sweep) => {
    const tell = (turned: number) => turned > 0 && deps.onTurned();
    for (const watch of sweep.watches) {
      if (watch.known) tell(await sweepEdges(sweep, watch));
      else await letIn(sweep, watch);
    }
    for (const watch of dueOf(sweep, deps.pace.everyMs)) {
      if (!deps.pace.allows()) break;
      const began = performance.now();
      tell(await sweepAll(sweep, watch));
      deps.pace.spend(performance.now() - began);
    }
  });
  return 'idle';
}

/** Those that have waited longest first. */
function dueOf({ watches, at }: Sweep, everyMs: number): Sweepable[] {
  const dueAt = ({ lookedAt, triggers }: Sweepable) =>
    lookedAt === null ? -Infinity : lookedAt + (triggers.scores ? everyMs : RARELY * everyMs);
  return watches.filter((watch) => dueAt(watch) <= at).sort((a, b) => dueAt(a) - dueAt(b));
}
