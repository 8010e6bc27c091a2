/** Says, at each fork of a path, which way is taken: as prescribed first, then always the first way. */
export class Chooser {
  private readonly taken: number[] = [];
  private readonly offered: (readonly string[])[] = [];

  constructor(private readonly prescribed: readonly number[]) {}

  /** Index of the way that is taken; `ways` name the options. */
  choose(ways: readonly string[]): number {
    const choice = this.prescribed[this.taken.length] ?? 0;
    this.taken.push(choice);
    this.offered.push(ways);
    return choice;
  }

  /** Names of the ways taken. */
  get ways(): string[] {
    return this.offered.map((ways, index) => ways[this.taken[index] ?? 0] ?? '');
  }

  /** What to prescribe for the next path, depth first; null after the last one. */
  next(): number[] | null {
    for (let depth = this.taken.length - 1; depth >= 0; depth -= 1) {
      const choice = this.taken[depth] ?? 0;
      if (choice + 1 < (this.offered[depth]?.length ?? 0)) return [...this.taken.slice(0, depth), choice + 1];
    }
    return null;
  }
}
