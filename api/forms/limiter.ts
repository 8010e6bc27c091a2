import { createHash, randomBytes } from 'node:crypto';

const WINDOW_MS = 60_000;

/**
 * Counts what comes from one address within a minute, in this process alone: over several replicas the limit is as many
 * times higher. Addresses are not kept, only their hashes, for a minute.
 */
export class Limiter {
  private readonly salt = randomBytes(16);
  private counts = new Map<string, number>();
  private begins = 0;

  constructor(private readonly most: number) {}

  /** Seconds to wait before the next try; null when it may go on. */
  take(what: string, at: number): number | null {
    if (at - this.begins >= WINDOW_MS || at < this.begins) {
      this.begins = at;
      this.counts = new Map();
    }
    const key = createHash('sha256').update(this.salt).update(what).digest('base64');
    const count = (this.counts.get(key) ?? 0) + 1;
    this.counts.set(key, count);
    return count > this.most ? Math.ceil((this.begins + WINDOW_MS - at) / 1000) : null;
  }
}
