import { createHash, randomBytes } from 'node:crypto';
import { isIPv6 } from 'node:net';

const WINDOW_MS = 60_000;

/** Submissions of one form, from one subscriber, within a minute. */
export const MOST_SUBMISSIONS = 20;

/**
 * Counts what comes from one subscriber within a minute, in this process alone: over several replicas the limit is as
 * many times higher. Addresses are not kept, only their hashes, for a minute.
 */
export class Limiter {
  private readonly salt = randomBytes(16);
  private counts = new Map<string, number>();
  private begins = 0;

  constructor(private readonly most: number) {}

  /** Seconds to wait before the next try; null when it may go on. */
  take({ what, address, at }: { what: string; address: string; at: number }): number | null {
    if (at - this.begins >= WINDOW_MS || at < this.begins) {
      this.begins = at;
      this.counts = new Map();
    }
    const taken = `${what}\n${subscriberOf(address)}`;
    const key = createHash('sha256').update(this.salt).update(taken).digest('base64');
    const count = (this.counts.get(key) ?? 0) + 1;
    this.counts.set(key, count);
    return count > this.most ? Math.ceil((this.begins + WINDOW_MS - at) / 1000) : null;
  }
}

/** Whoever has IPv6 has a network of 2^64 addresses to choose from: its first half is what tells two of them apart. */
export function subscriberOf(address: string): string {
  if (!isIPv6(address)) return address;
  const v4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (v4 !== undefined) return v4;
  const [head = '', tail = ''] = address.replace(/%.*$/, '').split('::');
  const [before, after] = [head, tail].map((half) => half.split(':').filter((group) => group !== ''));
  const zeros = Array.from({ length: 8 - (before?.length ?? 0) - (after?.length ?? 0) }, () => '0');
  const groups = [...(before ?? []), ...zeros, ...(after ?? [])].slice(0, 4);
  return `${groups.map((group) => parseInt(group, 16).toString(16)).join(':')}::/64`;
}
