/** A page is to take about so long, whoever is on it. */
const WANTED_MS = 1_000;
/** Few enough whatever they did. */
const FIRST = 5;

/**
 * How many contacts a page takes, learned from those before it: histories differ a thousandfold, and to count them first
 * costs as much as the page. Kept by the process, for all jobs of a kind.
 */
export class Pace {
  private people = FIRST;

  constructor(private readonly most: number) {}

  /** Does a page of as many as fit; of one that fails, the next try is smaller. */
  async run<T>(page: (people: number) => Promise<T>): Promise<T> {
    const { people } = this;
    const began = performance.now();
    try {
      const done = await page(people);
      this.learn(people * (WANTED_MS / Math.max(1, performance.now() - began)));
      return done;
    } catch (error) {
      this.people = Math.max(1, Math.floor(people / 4));
      throw error;
    }
  }

  /** Up by steps, since the next ones may be others; down at once. */
  private learn(fitting: number): void {
    this.people = Math.max(1, Math.min(this.most, this.people * 2, Math.floor(fitting)));
  }
}
