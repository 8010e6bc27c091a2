import { periodMs } from '../timing/duration';

/** How long a message waits for an address before its journey ends. */
export const ADDRESS_WAIT_MS = 30 * 86_400_000;

export interface Cap {
  max: number;
  /** Such as `24 hours`. */
  per: string;
}

/** Everything that a claim is decided from. Instants are epoch milliseconds. */
export interface ClaimCase {
  at: number;
  arrivedAt: number;
  address: string | null;
  /** The address has the form of one. */
  mailable: boolean;
  /** Why the message is suppressed where there is no address; null: it is waited for. */
  missing: string | null;
  /** What bars messages to this address. */
  suppression: { scope: string; reason: string } | null;
  /** The transport refuses us until then. */
  circuit: { reason: string; retryAt: number } | null;
  /** Exempt from caps: what the person just asked for. */
  atOnce: boolean;
  caps: readonly Cap[];
  /** When the contact's messages that count under caps were claimed, oldest first, without this one. */
  counted: readonly number[];
}

export type ClaimVerdict =
  | { kind: 'claimed'; why: string }
  /** `until` is always later than `at`. */
  | { kind: 'deferred'; until: number; why: string }
  | { kind: 'suppressed'; why: string }
  /** Nothing came that it waited for: the enrollment ends. */
  | { kind: 'given-up'; outcome: string; why: string };

/** Whether a message may go out now; the first reason against it counts. */
export function claimVerdict(it: ClaimCase): ClaimVerdict {
  return (
    noAddress(it) ??
    barred(it) ??
    refusedByTransport(it) ??
    capped(it) ?? { kind: 'claimed', why: 'nothing stands against it' }
  );
}

function noAddress({ address, mailable, missing, arrivedAt, at }: ClaimCase): ClaimVerdict | null {
  if (address !== null) return mailable ? null : { kind: 'suppressed', why: 'invalid-address' };
  if (missing !== null) return { kind: 'suppressed', why: missing };
  const until = arrivedAt + ADDRESS_WAIT_MS;
  if (until <= at) return { kind: 'given-up', outcome: 'no-address', why: 'no address became known within 30 days' };
  return { kind: 'deferred', until, why: 'no-address' };
}

function barred({ suppression }: ClaimCase): ClaimVerdict | null {
  return suppression && { kind: 'suppressed', why: `${suppression.reason} (${suppression.scope})` };
}

function refusedByTransport({ circuit, at }: ClaimCase): ClaimVerdict | null {
  if (!circuit || circuit.retryAt <= at) return null;
  return { kind: 'deferred', until: circuit.retryAt, why: `transport: ${circuit.reason}` };
}

function capped({ atOnce, caps, counted, at }: ClaimCase): ClaimVerdict | null {
  if (atOnce) return null;
  const untils = caps.flatMap((cap) => {
    const until = freeAt(cap, counted, at);
    return until === null ? [] : [{ until, cap }];
  });
  const last = untils.sort((a, b) => b.until - a.until)[0];
  return last ? { kind: 'deferred', until: last.until, why: `cap of ${last.cap.max} per ${last.cap.per}` } : null;
}

/** When a place under the cap becomes free; null if one is. */
function freeAt({ max, per }: Cap, counted: readonly number[], at: number): number | null {
  const period = periodMs(per);
  const within = counted.filter((claimedAt) => claimedAt > at - period);
  const leavesLast = within[within.length - max];
  return leavesLast === undefined ? null : leavesLast + period;
}
