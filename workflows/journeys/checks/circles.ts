import { matchesWhere } from '../../domain/conditions/evaluate';
import type { JourneyDocument } from '../document';
import type { Complaint } from '../problem';

/** Facts that a journey makes about itself whenever somebody is in it. */
const ownFacts = ['journey.entered', 'journey.finished'];

/** A journey that lets people in because they have been in it never lets go of them. */
export function checkCircles({ journey, entry, reentry }: JourneyDocument): Complaint[] {
  if (!comesBackAtOnce(reentry)) return [];
  return entry.flatMap(({ event, where }, index) => {
    if (!ownFacts.includes(event)) return [];
    const test = where?.['journey'];
    if (test !== undefined && !matchesWhere({ journey: test }, { journey })) return [];
    return [
      {
        path: ['entry', index],
        message: `\`${event}\` of \`${journey}\` itself lets people in again and again, without end`,
        hint: 'name another journey by `where: { journey: … }`, or let some time pass by `reentry: { after: 90 days }`',
      },
    ];
  });
}

/** Each enrollment has its own id: a run for each of them is a run each time. */
function comesBackAtOnce(reentry: JourneyDocument['reentry']): boolean {
  return reentry === 'always' || (typeof reentry === 'object' && 'per' in reentry && reentry.per === 'enrollmentId');
}
