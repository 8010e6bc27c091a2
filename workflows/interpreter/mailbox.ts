import type { MoveOrder } from '../contract/effects';
import type { Wake } from '../contract/messages';
import type { Rest, Woke } from './host';

/** How many undelivered knocks are kept; they only ask to look, so the newest are enough. */
const KEPT = 20;

/** What reached a run and was not yet acted on: a plain value, the same for every host. */
export interface Mailbox {
  wakes: readonly Wake[];
  released: boolean;
  cancelled: boolean;
  /** What a person asked for, at the visit that was shown to them. */
  asked: (({ what: 'skip' | 'retry' } | { what: 'move'; order: MoveOrder }) & { visit: number }) | null;
  /** The visit that rests, or rested last. */
  shown: number;
}

export const emptyMailbox: Mailbox = { wakes: [], released: false, cancelled: false, asked: null, shown: 0 };

export function withWake(box: Mailbox, knock: Wake): Mailbox {
  return { ...box, wakes: [...box.wakes.slice(1 - KEPT), knock] };
}

/** What a person asks for is meant for the stop that they were shown. */
export function withAsked(box: Mailbox, what: 'skip' | 'retry'): Mailbox {
  return { ...box, asked: { what, visit: box.shown } };
}

export function withMove(box: Mailbox, order: MoveOrder): Mailbox {
  return { ...box, asked: { what: 'move', order, visit: box.shown } };
}

/**
 * The first thing that ends this rest, and the mailbox without it. A knock for a visit stays until that visit rests;
 * `released` stays until the next time the run is held.
 */
export function take(given: Mailbox, rest: Rest): { woke: Woke | null; box: Mailbox } {
  const box = rest.phase === 'acting' ? given : { ...given, shown: rest.visit };
  if (box.cancelled) return { woke: { kind: 'cancel' }, box };
  const knocked = takeKnock(box, rest);
  if (knocked.woke) return knocked;
  const { asked } = box;
  if (asked && rest.phase !== 'acting' && asked.visit <= rest.visit) {
    const without = { ...knocked.box, asked: null };
    // A move is for the enrollment, wherever it rests; what else was asked at a stop that is over by now is not for this
    // one.
    if (asked.what === 'move') return { woke: { kind: 'move', order: asked.order }, box: without };
    if (asked.visit === rest.visit) return { woke: { kind: asked.what }, box: without };
    return take(without, rest);
  }
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
