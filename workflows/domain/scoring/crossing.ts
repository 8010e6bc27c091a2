/** Points that halve every so often. */
export interface Term {
  value: number;
  halfLifeMs: number;
}

/**
 * Instants between which a sum of decaying terms only rises or only falls, in order, within (0, span): with terms of
 * one sign there are none. Elapsed milliseconds; the values are those at 0.
 */
export function turnsOf(terms: readonly Term[], span: number): number[] {
  const slopes = terms.map(({ value, halfLifeMs }) => ({ size: -value / halfLifeMs, rate: Math.LN2 / halfLifeMs }));
  return zeros(slopes, span);
}

interface Exponential {
  size: number;
  /** Per millisecond. */
  rate: number;
}

/**
 * Where a sum of exponentials is 0. Divided by the slowest one it is a constant and one term less, which has its
 * zeros between those of its slope: so each is found by halving.
 */
function zeros(sum: readonly Exponential[], span: number): number[] {
  const terms = merged(sum);
  const [slowest, ...rest] = terms;
  if (!slowest || terms.every(({ size }) => size > 0 === slowest.size > 0)) return [];
  const shifted = rest.map(({ size, rate }) => ({ size, rate: rate - slowest.rate }));
  const value = (at: number) =>
    shifted.reduce((all, { size, rate }) => all + size * Math.exp(-rate * at), slowest.size);
  const slope = shifted.map(({ size, rate }) => ({ size: -size * rate, rate }));
  const edges = [0, ...zeros(slope, span), span];
  return edges.slice(1).flatMap((end, place) => {
    const start = edges[place] ?? 0;
    return value(start) > 0 === value(end) > 0 ? [] : [halve(value, start, end)];
  });
}

function merged(sum: readonly Exponential[]): Exponential[] {
  const rates = [...new Set(sum.map(({ rate }) => rate))].sort((a, b) => a - b);
  return rates
    .map((rate) => ({ rate, size: sum.reduce((all, term) => all + (term.rate === rate ? term.size : 0), 0) }))
    .filter(({ size }) => size !== 0);
}

function halve(value: (at: number) => number, start: number, end: number): number {
  const positive = value(start) > 0;
  for (let [low, high] = [start, end]; ;) {
    const middle = (low + high) / 2;
    if (high - low <= 0.5) return middle;
    if (value(middle) > 0 === positive) low = middle;
    else high = middle;
  }
}

/** The first whole instant after `from`, up to `to`, at which a test gives the other answer; it changes once at most. */
export function firstChange(test: (at: number) => boolean, from: number, to: number): number | null {
  const before = test(from);
  if (to <= from || test(to) === before) return null;
  let [low, high] = [from, to];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (test(middle) === before) low = middle;
    else high = middle;
  }
  return high;
}
