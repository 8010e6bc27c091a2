import { ApplicationFailure, CancellationScope, setHandler } from '@temporalio/workflow';
import { allowedNow, move, position, released, retry, skip, wake, type RunPosition } from './contract/messages';
import type { Rest, Woke } from './interpreter/host';
import { emptyMailbox, take, withAsked, withMove, withWake, type Mailbox } from './interpreter/mailbox';

/** What reached the workflow and was not yet acted on. Handlers only push to it. */
export interface Inbox {
  /** The first thing that ends this rest, taken out of the inbox. */
  take(rest: Rest): Woke | null;
  /** Tells operators and validators where the run is. */
  show(now: RunPosition): void;
  cancelled(): boolean;
  /** A person waits for something to be done: it is not handed over to a fresh run. */
  pending(): boolean;
}

interface State {
  box: Mailbox;
  now: RunPosition;
}

/** Registers all handlers, before anything is awaited. */
export function openInbox(): Inbox {
  const state: State = { box: emptyMailbox, now: starting };
  setHandler(wake, (knock) => {
    state.box = withWake(state.box, knock);
  });
  setHandler(released, () => {
    state.box = { ...state.box, released: true };
  });
  setHandler(position, () => state.now);
  for (const [update, what] of [
    [skip, 'skip'],
    [retry, 'retry'],
  ] as const) {
    setHandler(update, () => void (state.box = withAsked(state.box, what)), {
      validator: () => mustBeAllowed(what, state),
    });
  }
  setHandler(move, (order) => void (state.box = withMove(state.box, order)), {
    validator: (_order) => mustBeAllowed('move', state),
  });
  CancellationScope.current().cancelRequested.catch(() => {
    state.box = { ...state.box, cancelled: true };
  });
  return {
    take: (rest) => takeFrom(state, rest),
    show: (now) => void (state.now = now),
    cancelled: () => state.box.cancelled,
    pending: () => state.box.cancelled || state.box.asked !== null,
  };
}

const starting: RunPosition = { stepId: '', visit: 0, phase: 'acting', until: null, detail: 'starting' };

function mustBeAllowed(what: keyof typeof allowedNow, { now, box }: State): void {
  const phases: readonly string[] = allowedNow[what];
  if (!phases.includes(now.phase) || box.asked !== null) {
    throw ApplicationFailure.nonRetryable(
      `${what} is not possible while the journey is ${now.phase}`,
      'not-allowed-now',
    );
  }
}

function takeFrom(state: State, rest: Rest): Woke | null {
  const { woke, box } = take(state.box, rest);
  state.box = box;
  return woke;
}
