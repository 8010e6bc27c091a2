import { Problem } from './problems';

/** Lets a few through at once; whoever comes then waits in line, or is refused where the line is long. */
export class Gate {
  private inside = 0;
  private readonly line: (() => void)[] = [];

  constructor(private readonly bounds: { atOnce: number; waiting: number }) {}

  /** @throws Problem rate-limited where too many wait */
  async pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.inside < this.bounds.atOnce) this.inside += 1;
    else await this.queue();
    try {
      return await work();
    } finally {
      this.leave();
    }
  }

  private queue(): Promise<void> {
    if (this.line.length >= this.bounds.waiting)
      throw new Problem('rate-limited', 'Too many counts are under way. Try again in a moment.', {
        headers: { 'Retry-After': '10' },
      });
    return new Promise((resolve) => this.line.push(resolve));
  }

  /** Whoever is next takes the place of the one who leaves. */
  private leave(): void {
    const next = this.line.shift();
    if (next) next();
    else this.inside -= 1;
  }
}

/**
 * Whatever looks at everybody holds a connection for seconds: a few at a time, so that what comes in from outside always
 * finds one.
 */
export const lookingAtEverybody = new Gate({ atOnce: 2, waiting: 50 });
