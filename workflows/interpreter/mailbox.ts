import type { Wake } from '../contract/messages';
import type { Rest, Woke } from './host';

/** How many undelivered knocks are kept; they only ask to look, so the newest are enough. */
const KEPT = 20;

/** What reached a run and was not yet acted on: a plain value, the same for every host. */
export interface Mailbox {
  wakes: readonly Wake[];
  released: boolean;
  cancelled: boolean;
  asked: 'skip' | 'retry' | null;
}

export const emptyMailbox: Mailbox = { wakes: [], released: false, cancelled: false, asked: null };

export function withWake(box: Mailbox, knock: Wake): Mailbox {
  return { ...box, wakes: [...box.wakes.slice(1 - KEPT), knock] };
}

/**
 * The first thing that ends this rest, and the mailbox without it. A knock for a visit stays until that visit rests;
 * `released` stays until the next time the run is held.
 */
export function take(box: Mailbox, rest: Rest): { woke: Woke | null; box: Mailbox } {
  if (box.cancelled) return { woke: { kind: 'cancel' }, box };
  const knocked = takeKnock(box, rest);
  if (knocked.woke) return knocked;
  const { asked } = box;
  if (asked) return { woke: { kind: asked }, box: { ...knocked.box, asked: null } };
  if (box.released && (rest.phase === 'held' || rest.phase === 'needs-attention')) {
    return { woke: { kind: 'released' }, box: { ...knocked.box, released: false } };
  }
  return knocked;
}

/** A knock is for the visit that rests, for the one whose end is being asked about, or for whatever rests. */
function takeKnock(box: Mailbox, rest: Rest): { woke: Woke | null; box: Mailbox } {
  const oldest = rest.phase === 'acting' ? rest.visit - 1 : rest.visit;
  const found = box.wakes.find(({ visit }) => visit === null || (visit >= oldest && visit <= rest.visit));
  const wakes = box.wakes.filter((knock) => knock !== found && (knock.visit === null || knock.visit > rest.visit));
  return { woke: found ? wokenBy(found, rest) : null, box: { ...box, wakes } };
}

function wokenBy(knock: Wake, rest: Rest): Woke {
  if (knock.outcome === 'leave') return { kind: 'leave' };
  return knock.visit === rest.visit && knock.outcome ? { kind: 'knock', outcome: knock.outcome } : { kind: 'knock' };
}
