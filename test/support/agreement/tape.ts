import fc from 'fast-check';

/** A part of a document. */
export type Data = Record<string, unknown>;

/** Numbers that choices are drawn from, in order. A short tape, or a small number, makes for something simple. */
export class Tape {
  private next = 0;

  constructor(private readonly numbers: readonly number[]) {}

  /** From 0 to `count` − 1. */
  below(count: number): number {
    const drawn = this.numbers[this.next] ?? 0;
    this.next += 1;
    return drawn % count;
  }

  one<T>(choices: readonly [T, ...T[]]): T {
    return choices[this.below(choices.length)] ?? choices[0];
  }

  /** True in `share` of 100 cases. */
  odds(share: number): boolean {
    return this.below(100) >= 100 - share;
  }

  list<T>(least: number, most: number, make: (index: number) => T): T[] {
    return Array.from({ length: least + this.below(most - least + 1) }, (_, index) => make(index));
  }
}

/** Long enough for the largest journey; what is left over does no harm. */
export const tapes = fc.array(fc.nat(9999), { minLength: 20, maxLength: 400, size: 'max' });
