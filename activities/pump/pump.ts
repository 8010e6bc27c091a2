import { v7 } from 'uuid';
import type { Logger } from 'pino';
import type { Db } from '../../prisma/client';
import { markPoisoned, peekUnprocessed, type BucketGroup, type KeyedEvent } from '../../prisma/stores/pump/events';
import { readOwners } from '../../prisma/stores/pump/identities';
import { foldBatch } from './batch';
import { resolveCompanies } from './companies';
import { blame, messageOf, sqlState } from './errors';
import { resolveIdentities } from './identities';
import { apart, keysOf } from './keys';
import type { Versions } from './rules';

/** Events of one batch at most: it must fit the time-outs of a transaction, whatever they do. */
const BATCH = 500;
/** Collisions with others over the same people are over after a few tries; what is not is an event's fault. */
const FRESH_STARTS = 5;

export interface PumpDeps {
  db: Db;
  log: Logger;
  /** Told after a commit that owes Temporal something. */
  onDispatch?: () => void;
}

export interface PumpRound {
  processed: number;
  /** Another process is at this bucket group, or contacts are locked elsewhere: look again soon, not at once. */
  waiting: boolean;
}

const everything: BucketGroup = { group: 0, groups: 1 };

/** One bucket group's pump: remembers what it has read, and whom it had to leave for later. */
export class Pump {
  private readonly versions: Versions = new Map();
  private after = 0n;
  private left = new Set<string>();
  /** Of their events, some still nobody's: a later event must not give these to somebody else meanwhile. */
  private leftKeys = new Set<string>();
  private size = BATCH;

  constructor(
    private readonly deps: PumpDeps,
    private readonly group: BucketGroup = everything,
  ) {}

  /**
   * Processes the next batch. Rejects with errors that concern the database: pause, then call again; the batch is then
   * a smaller one, in case it was too large for a time-out.
   */
  async once(): Promise<PumpRound> {
    try {
      const round = await this.next();
      this.size = Math.min(this.size * 2, BATCH);
      return round;
    } catch (error) {
      this.size = Math.ceil(this.size / 2);
      throw error;
    }
  }

  /** Where a whole window waits for locked contacts, the next one begins behind it; they wait until the queue's end. */
  private async next(): Promise<PumpRound> {
    const window = await peekUnprocessed(this.deps.db, this.group, { after: this.after, limit: this.size });
    const round = await this.process(window);
    const last = window.at(-1);
    if (round.waiting && this.left.size > 0 && last && window.length === this.size) {
      this.after = last.seq;
    } else {
      this.after = 0n;
      this.left = new Set();
      this.leftKeys = new Set();
    }
    return round;
  }

  private async process(events: readonly KeyedEvent[], freshStarts = FRESH_STARTS): Promise<PumpRound> {
    if (events.length === 0) return { processed: 0, waiting: false };
    try {
      return await this.processTogether(events);
    } catch (error) {
      const fault = blame(error);
      if (fault === 'start-over' && freshStarts > 0) return await this.process(events, freshStarts - 1);
      if (fault !== 'data') throw error;
      return await this.halve(events, error);
    }
  }

  private async processTogether(all: readonly KeyedEvent[]): Promise<PumpRound> {
    const { db, onDispatch } = this.deps;
    const [aside, events] = apart(all, this.leftKeys);
    // Whose they are waits with them: later events may name them by other keys.
    if (aside.length > 0)
      for (const { contactId } of (await readOwners(db, aside.flatMap(keysOf))).values()) this.left.add(contactId);
    if (events.length === 0) return { processed: 0, waiting: true };
    const { ready, lost, left } = await resolveIdentities(db, events, () => v7());
    await resolveCompanies(db, ready);
    for (const contactId of left.contactIds) this.left.add(contactId);
    for (const key of left.keys) this.leftKeys.add(key);
    for (const seq of lost) await markPoisoned(db, seq, 'names a contact that does not exist');
    const seqs = ready.map(({ seq }) => seq);
    const result = await foldBatch({ db, versions: this.versions }, { group: this.group, seqs, skip: this.left });
    if (result.kind === 'busy') return { processed: lost.length, waiting: true };
    for (const contactId of result.left) this.left.add(contactId);
    if (result.dispatched > 0) onDispatch?.();
    const waiting = result.left.length + left.contactIds.length > 0 || events.length < all.length;
    return { processed: result.processed + lost.length, waiting };
  }

  /** The first half first: the order of a contact's events stays. */
  private async halve(events: readonly KeyedEvent[], error: unknown): Promise<PumpRound> {
    const [only] = events;
    if (events.length === 1 && only) {
      await markPoisoned(this.deps.db, only.seq, messageOf(error));
      // Its message may quote the event: the row has it, the log has not.
      this.deps.log.error({ seq: String(only.seq), sqlState: sqlState(error) }, 'event set aside');
      return { processed: 1, waiting: false };
    }
    const middle = Math.ceil(events.length / 2);
    const first = await this.process(events.slice(0, middle));
    const second = await this.process(events.slice(middle));
    return { processed: first.processed + second.processed, waiting: first.waiting || second.waiting };
  }
}

/** Processes the next batch of events, whoever's they are. */
export function pumpOnce(deps: PumpDeps): Promise<PumpRound> {
  return new Pump(deps).once();
}
