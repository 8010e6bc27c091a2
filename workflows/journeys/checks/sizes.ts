import { MOST_PARTS, sizeOf } from '../../domain/conditions/size';
import type { JourneyDocument } from '../document';
import type { Lookups } from '../lookups';
import type { Placed } from '../outline';
import type { Complaint } from '../problem';
import { wholeConditionsIn } from './condition-parts';

/** Conditions that ask more at once than may be asked of everybody. */
export function checkSizes(document: JourneyDocument, placed: Placed[], { savedSegments = {} }: Lookups): Complaint[] {
  return wholeConditionsIn(document, placed).flatMap(({ condition, path }) => {
    const size = sizeOf(condition, savedSegments);
    return size > MOST_PARTS ? [{ path, message: tooMuch(size), hint: 'name fewer segments, or smaller ones' }] : [];
  });
}

/** What is said of a condition with so many parts. */
export function tooMuch(size: number): string {
  return `with its segments spelled out this has ${size} parts; ${MOST_PARTS} are the most`;
}
