import type { Condition, Segments } from './condition';
import { segmentCondition } from './segments';

/** So much is asked at once: each count, and each event that may turn it, comes to ask all of it. */
export const MOST_PARTS = 1_000;

/**
 * Tests and groups of a condition, and properties that its tests look at, with every segment spelled out wherever it is
 * named: a few segments that name one another twice come to more than can be counted one by one.
 */
export function sizeOf(condition: Condition, segments: Segments): number {
  const known = new Map<string, number>();
  const ofSegment = (key: string): number => {
    const saved = segmentCondition(key, segments);
    // What leads back to itself holds for nobody.
    known.set(key, 0);
    const own = saved === undefined ? 0 : size(saved);
    known.set(key, own);
    return own;
  };
  const sum = (parts: readonly Condition[]) => parts.reduce((total, part) => total + size(part), 1);
  const size = (part: Condition): number => {
    if ('all' in part) return sum(part.all);
    if ('any' in part) return sum(part.any);
    if ('not' in part) return sum([part.not]);
    if ('segment' in part) return 1 + (known.get(part.segment) ?? ofSegment(part.segment));
    return 'did' in part ? 1 + Object.keys(part.where ?? {}).length : 1;
  };
  return size(condition);
}
