import type { Where } from '../conditions/condition';
import { periodMs } from '../timing/duration';
import { closedBy, openStretch } from '../timing/opening';
import type { Channel } from './channel';
import type { Rival } from './rival';
import { concerns, type Cap, type MessageRules } from './rules';

/** How long a message waits for an address before its journey ends. */
export const ADDRESS_WAIT_MS = 30 * 86_400_000;
/** How far ahead a message of higher priority is waited for, and for how long in all. */
export const YIELD_MS = 3_600_000;
/** How long after its instant a message of higher priority is given to take its place. */
const HEAD_START_MS = 60_000;
/** Where rules leave no time at all, they are looked at again the next day. */
const DAY_MS = 86_400_000;

/** Everything that a claim is decided from. Instants are epoch milliseconds. */
export interface ClaimCase {
  at: number;
  arrivedAt: number;
  address: string | null;
  /** The address has the form of one. */
  mailable: boolean;
  /** Why the message is suppressed where there is no address; null: it is waited for. */
  missing: string | null;
  /** What bars messages to this address, or to the person whatever their address. */
  suppression: { scope: string; reason: string } | null;
  /** The transport refuses us until then. */
  circuit: { reason: string; retryAt: number } | null;
  rules: MessageRules;
  /** The enrollment's place in [0, 1) among those whose messages wait for the same opening. */
  share: number;
  /** The contact's marketing messages that count under caps, by when they were claimed, oldest first; without this one. */
  counted: readonly Counted[];
  /** Open enrollments of the contact whose message on this channel comes first, soonest first. */
  rivals: readonly Rival[];
  /** Since when this message has let others go first. */
  yieldedSince: number | null;
}

export interface Counted {
  at: number;
  channel: Channel;
}

/** Of the contact. */
export type Awaits = 'address' | 'whereabouts';

export type ClaimVerdict =
  | { kind: 'claimed'; why: string }
  /** `until` is always later than `at`; `awaits`: what of the contact would change the answer. */
  | { kind: 'deferred'; until: number; why: string; awaits?: Awaits }
  | { kind: 'suppressed'; why: string }
  /** Nothing came that it waited for: the enrollment ends. */
  | { kind: 'given-up'; outcome: string; why: string };

/** The changes of a contact that a deferred message is looked at again for; slots of subscriptions that only knock. */
export const knocks = {
  address: [{ slot: -1, type: 'contact.updated', where: null }],
  whereabouts: [
    { slot: -2, type: 'contact.updated', where: { changed: { contains: 'timezone' } } },
    { slot: -3, type: 'contact.updated', where: { changed: { contains: 'country' } } },
    // Whom they turned out to be may be known to live elsewhere.
    { slot: -4, type: 'contact.merged', where: null },
  ],
} satisfies Record<Awaits, readonly { slot: number; type: string; where: Where | null }[]>;

/** Whether a message may go out now; the first reason against it counts. */
export function claimVerdict(it: ClaimCase): ClaimVerdict {
  return (
    // Who said no is not waited for until they have an address.
    barred(it) ??
    noAddress(it) ??
    refusedByTransport(it) ??
    closed(it) ??
    capped(it) ??
    tooSoon(it) ??
    outranked(it) ?? { kind: 'claimed', why: 'nothing stands against it' }
  );
}

function noAddress({ address, mailable, missing, arrivedAt, at }: ClaimCase): ClaimVerdict | null {
  if (address !== null) return mailable ? null : { kind: 'suppressed', why: 'invalid-address' };
  if (missing !== null) return { kind: 'suppressed', why: missing };
  const until = arrivedAt + ADDRESS_WAIT_MS;
  if (until <= at) return { kind: 'given-up', outcome: 'no-address', why: 'no address became known within 30 days' };
  return { kind: 'deferred', until, why: 'no-address', awaits: 'address' };
}

function barred({ suppression }: ClaimCase): ClaimVerdict | null {
  return suppression && { kind: 'suppressed', why: `${suppression.reason} (${suppression.scope})` };
}

function refusedByTransport({ circuit, at }: ClaimCase): ClaimVerdict | null {
  if (!circuit || circuit.retryAt <= at) return null;
  return { kind: 'deferred', until: circuit.retryAt, why: `transport: ${circuit.reason}` };
}

function closed(it: ClaimCase): ClaimVerdict | null {
  const until = opening(it, it.at);
  if (until <= it.at) return null;
  const { hours, zone } = it.rules;
  return put(it, { until, why: closedBy(it.at, hours, zone) ?? 'spread' });
}

/** Whoever moves to another zone or country is looked at again, where the message waits for hours there. */
function put({ rules }: ClaimCase, it: { until: number; why: string }): ClaimVerdict {
  const { window, quiet, holidayOn } = rules.hours;
  return { kind: 'deferred', ...it, ...((window || quiet || holidayOn) && { awaits: 'whereabouts' }) };
}

/**
 * When a message that may go from `from` on leaves. Who was due before an opening has a place of their own after it,
 * always the same, and never past the closing.
 */
function opening({ rules, share, arrivedAt }: ClaimCase, from: number): number {
  const stretch = openStretch(from, rules.hours, rules.zone);
  if (stretch === null) return from + DAY_MS;
  if (stretch.from <= arrivedAt) return from;
  return Math.max(from, Math.floor(stretch.from + share * Math.min(rules.spreadMs, stretch.to - stretch.from)));
}

function capped(it: ClaimCase): ClaimVerdict | null {
  const full = it.rules.caps.flatMap((cap) => {
    const until = freeAt(cap, it);
    return until === null ? [] : [{ until, cap }];
  });
  const last = full.sort((a, b) => b.until - a.until)[0];
  if (!last) return null;
  const why = describeCap(last.cap);
  if (it.rules.ifCapped === 'skip') return { kind: 'suppressed', why: `${why}: skipped` };
  return put(it, { until: opening(it, last.until), why });
}

export function describeCap({ channel, max, per }: Cap): string {
  return `cap of ${max} per ${per}${channel === 'all' ? ' over all channels' : ''}`;
}

/** When a place under the cap becomes free; null if one is. */
function freeAt(cap: Cap, it: ClaimCase): number | null {
  const within = countedUnder(cap, it);
  const leavesLast = within[within.length - cap.max];
  return leavesLast === undefined ? null : leavesLast + periodMs(cap.per);
}

/** When those were claimed that take the cap's places, oldest first. */
export function countedUnder(cap: Cap, { counted, at }: Pick<ClaimCase, 'counted' | 'at'>): number[] {
  const since = at - periodMs(cap.per);
  return counted.flatMap((one) => (concerns(cap, one.channel) && one.at > since ? [one.at] : []));
}

function tooSoon(it: ClaimCase): ClaimVerdict | null {
  const { gap, channel } = it.rules;
  const last = it.counted.filter((one) => one.channel === channel).at(-1);
  if (gap === null || last === undefined) return null;
  const until = last.at + periodMs(gap);
  if (until <= it.at) return null;
  return put(it, { until: opening(it, until), why: `minimum gap of ${gap}` });
}

/** Where a cap leaves no more places than there are messages of higher priority due within the hour, they go first. */
function outranked(it: ClaimCase): ClaimVerdict | null {
  const { at, rules } = it;
  const first = it.rivals[0];
  const free = Math.min(...rules.caps.map((cap) => cap.max - countedUnder(cap, it).length));
  if (!first || it.rivals.length < free) return null;
  const patience = (it.yieldedSince ?? at) + YIELD_MS;
  const until = Math.min(Math.max(first.dueAt, at) + HEAD_START_MS, patience);
  if (until <= at) return null;
  const why = `priority: ${first.journey} goes first`;
  return put(it, { until: opening(it, until), why });
}
