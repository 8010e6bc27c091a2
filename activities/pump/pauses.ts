const LONGEST_MS = 3_600_000;

/** What failed is left alone before it is tried again: for longer each time, an hour at most. */
export class Pauses {
  private readonly failed = new Map<string, { times: number; until: number }>();

  /** @param firstMs how long after the first failure */
  constructor(
    private readonly firstMs: number,
    private readonly clock = () => performance.now(),
  ) {}

  isOver(key: string): boolean {
    return this.clock() >= (this.failed.get(key)?.until ?? 0);
  }

  /** Answers how often it has failed in a row. */
  noteFailure(key: string): number {
    const times = (this.failed.get(key)?.times ?? 0) + 1;
    const pause = Math.min(this.firstMs * 2 ** (times - 1), LONGEST_MS);
    this.failed.set(key, { times, until: this.clock() + pause });
    return times;
  }

  noteSuccess(key: string): void {
    this.failed.delete(key);
  }
}
