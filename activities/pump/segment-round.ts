import type { Next } from './loop';
import { sweepSegmentPage, type SegmentSweepDeps } from './sweep-segments';

/** Pages of one round: all of ten thousand contacts, a part of more. */
const PAGES = 40;

/** A round of the sweep over contacts: ends with the pass, and comes again soon while a new watch does not know all. */
export async function segmentRound(deps: SegmentSweepDeps, onTurned: () => void): Promise<Next> {
  for (let pages = 0; pages < PAGES; pages += 1) {
    const page = await sweepSegmentPage(deps);
    if (page.kind === 'idle') return 'idle';
    if (page.turned > 0) onTurned();
    if (page.atEnd && !page.unknown) return 'idle';
    if (pages === PAGES - 1 && page.unknown) return 'soon';
  }
  return 'idle';
}
