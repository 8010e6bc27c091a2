import { ApplicationFailure, CancellationScope, setHandler } from '@temporalio/workflow';
import { allowedNow, position, released, retry, skip, wake, type RunPosition, type Wake } from './contract/messages';
import type { Rest, Woke } from './interpreter/host';

/** How many undelivered knocks are kept; they only ask to look, so the newest are enough. */
const KEPT = 20;

/**
 * What reached the workflow and was not yet acted on. Handlers only push to it. A knock for a visit stays until that
 * visit rests; `released` stays until the next time the run is held.
 */
export interface Inbox {
  /** The first thing that ends this rest, taken out of the inbox. */
  take(rest: Rest): Woke | null;
  /** Tells operators and validators where the run is. */
  show(now: RunPosition): void;
  cancelled(): boolean;
}

interface State {
  wakes: Wake[];
  released: boolean;
  cancelled: boolean;
  asked: 'skip' | 'retry' | null;
  now: RunPosition;
}

/** Registers all handlers, before anything is awaited. */
export function openInbox(): Inbox {
  const state: State = { wakes: [], released: false, cancelled: false, asked: null, now: starting };
  setHandler(wake, (knock) => {
    state.wakes = [...state.wakes.slice(1 - KEPT), knock];
  });
  setHandler(released, () => {
    state.released = true;
  });
  setHandler(position, () => state.now);
  for (const [update, what] of [
    [skip, 'skip'],
    [retry, 'retry'],
  ] as const) {
    setHandler(update, () => void (state.asked = what), { validator: () => mustBeAllowed(what, state) });
  }
  CancellationScope.current().cancelRequested.catch(() => {
    state.cancelled = true;
  });
  return {
    take: (rest) => take(state, rest),
    show: (now) => void (state.now = now),
    cancelled: () => state.cancelled,
  };
}

const starting: RunPosition = { stepId: '', visit: 0, phase: 'acting', until: null, detail: 'starting' };

function mustBeAllowed(what: 'skip' | 'retry', { now, asked }: State): void {
  const phases: readonly string[] = allowedNow[what];
  if (!phases.includes(now.phase) || asked !== null) {
    throw ApplicationFailure.nonRetryable(
      `${what} is not possible while the journey is ${now.phase}`,
      'not-allowed-now',
    );
  }
}

function take(state: State, rest: Rest): Woke | null {
  if (state.cancelled) return { kind: 'cancel' };
  const knock = takeKnock(state, rest);
  if (knock) return knock;
  if (state.asked) {
    const kind = state.asked;
    state.asked = null;
    return { kind };
  }
  if (state.released && (rest.phase === 'held' || rest.phase === 'needs-attention')) {
    state.released = false;
    return { kind: 'released' };
  }
  return null;
}

/** A knock is for the visit that rests, for the one whose end is being asked about, or for whatever rests. */
function takeKnock(state: State, rest: Rest): Woke | null {
  const oldest = rest.phase === 'acting' ? rest.visit - 1 : rest.visit;
  const found = state.wakes.find(({ visit }) => visit === null || (visit >= oldest && visit <= rest.visit));
  state.wakes = state.wakes.filter((knock) => knock !== found && (knock.visit === null || knock.visit > rest.visit));
  if (!found) return null;
  if (found.outcome === 'leave') return { kind: 'leave' };
  return found.visit === rest.visit && found.outcome ? { kind: 'knock', outcome: found.outcome } : { kind: 'knock' };
}
