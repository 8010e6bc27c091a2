import type { Next } from './loop';
import { sweepScorePage, type ScoreSweepDeps } from './sweep-scores';

/** Pages of one round. */
const PAGES = 20;

/** A round over the scores that time alone changes: comes again at once while there are more of them. */
export async function scoreRound(deps: ScoreSweepDeps, onTold: () => void): Promise<Next> {
  for (let pages = 0; pages < PAGES; pages += 1) {
    const page = await sweepScorePage(deps);
    if (page.told > 0) onTold();
    if (page.left > 0) return 'soon';
    if (page.atEnd) return 'idle';
  }
  return 'again';
}
