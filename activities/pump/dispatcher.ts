import type { Logger } from 'pino';
import type { Db } from '../../prisma/client';
import {
  claimDispatch,
  deleteDelivered,
  postponeDispatch,
  readAnswered,
  type ClaimedDispatch,
  type Lane,
} from '../../prisma/stores/dispatch';
import { markGone } from '../../prisma/stores/pump/sweeps';
import type { VisitOutcome } from '../../workflows/contract/visits';
import type { Wake } from '../../workflows/contract/messages';
import type { Next } from './loop';
import { isOutage, type TemporalPort } from './temporal-port';

export interface DispatcherDeps {
  db: Db;
  log: Logger;
  temporal: TemporalPort;
  /** Starts delivered and not answered at most; started faster than they are worked, they starve all else. */
  startsInFlight?: number;
  /** Tries, not counting outages, before a row is left to people. */
  triesBeforeParking?: number;
}

/** A call to Temporal takes less, or is given up; then another dispatcher may take the row. */
const LEASE_SECONDS = 30;
/** A start without an answer no longer counts after this long. */
const START_COUNTS_MS = 60_000;
const WAKES_AT_ONCE = 50;
const LONGEST_BACKOFF_SECONDS = 60;

/** Delivers what is owed to Temporal, at least once: the row goes when the call has returned. */
export class Dispatcher {
  /** Enrollment → until when its start counts as in flight. */
  private readonly inFlight = new Map<string, number>();

  constructor(private readonly deps: DispatcherDeps) {}

  /** Delivers the next wake-ups and releases, all at once. */
  async wakes(): Promise<Next> {
    return this.deliverAll(await this.claim('wake', WAKES_AT_ONCE));
  }

  /** Delivers as many starts as there is room for. */
  async starts(): Promise<Next> {
    const bound = this.deps.startsInFlight ?? 25;
    if (this.inFlight.size >= bound) await this.forgetAnswered();
    const room = bound - this.inFlight.size;
    if (room <= 0) return 'soon';
    return this.deliverAll(await this.claim('start', room));
  }

  private claim(lane: Lane, limit: number): Promise<ClaimedDispatch[]> {
    return claimDispatch(this.deps.db, { lane, limit, leaseSeconds: LEASE_SECONDS });
  }

  private async deliverAll(rows: readonly ClaimedDispatch[]): Promise<Next> {
    const delivered = await Promise.all(rows.map((row) => this.deliver(row)));
    return delivered.some(Boolean) ? 'again' : 'idle';
  }

  private async deliver(row: ClaimedDispatch): Promise<boolean> {
    try {
      // A finished enrollment's run may still rest where it was when a late copy finished it: it is told too.
      const arrived =
        (row.finished && row.kind === 'start') ||
        (await this.call(row)) === 'delivered' ||
        row.finished ||
        (await this.isClosed(row));
      if (arrived) await deleteDelivered(this.deps.db, row);
      else await this.postpone(row, { error: 'its workflow is not there yet', counts: false });
      return arrived;
    } catch (error) {
      await this.postpone(row, { error: describe(error), counts: !isOutage(error) });
      return false;
    }
  }

  private async call(row: ClaimedDispatch): Promise<'delivered' | 'not-found'> {
    const { temporal } = this.deps;
    if (row.kind === 'released') return temporal.released(row.workflowId);
    if (row.kind === 'wake') return temporal.wake(row.workflowId, wakeOf(row));
    this.inFlight.set(row.enrollmentId, performance.now() + START_COUNTS_MS);
    await temporal.start(row);
    return 'delivered';
  }

  /** Not found and started: its workflow was ended by somebody else, which people must see. */
  private async isClosed({ started, enrollmentId }: ClaimedDispatch): Promise<boolean> {
    if (started) await markGone(this.deps.db, [enrollmentId]);
    return started;
  }

  private async postpone(row: ClaimedDispatch, { error, counts }: { error: string; counts: boolean }): Promise<void> {
    this.inFlight.delete(row.enrollmentId);
    const parked = counts && row.attempts >= (this.deps.triesBeforeParking ?? 10);
    const seconds = Math.min(0.5 * 2 ** Math.min(row.attempts, 10), LONGEST_BACKOFF_SECONDS);
    this.deps.log.warn({ dispatch: String(row.id), enrollment: row.enrollmentId, error, parked }, 'not delivered');
    await postponeDispatch(this.deps.db, row.id, { seconds, error, parked, counts });
  }

  private async forgetAnswered(): Promise<void> {
    const now = performance.now();
    for (const [id, until] of this.inFlight) if (until < now) this.inFlight.delete(id);
    for (const id of await readAnswered(this.deps.db, [...this.inFlight.keys()])) this.inFlight.delete(id);
  }
}

function wakeOf({ visit, outcome }: ClaimedDispatch): Wake {
  // Written by the pump, the effects and opt-outs, all of which take it from the same type.
  return outcome === null ? { visit } : { visit, outcome: outcome === 'leave' ? 'leave' : (outcome as VisitOutcome) };
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 300) : 'unknown error';
}
