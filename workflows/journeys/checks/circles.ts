import { matchesWhere } from '../../domain/conditions/evaluate';
import type { JourneyDocument } from '../document';
import type { Placed } from '../outline';
import type { Complaint } from '../problem';

/** Facts that a journey makes about itself whenever somebody is in it. */
const ownFacts = ['journey.entered', 'journey.finished'];

/** A journey that lets people in because they have been in it never lets go of them. */
export function checkCircles(document: JourneyDocument, placed: Placed[]): Complaint[] {
  return [...checkOwnFacts(document), ...checkOwnSteps(document, placed)];
}

function checkOwnFacts({ journey, entry, reentry }: JourneyDocument): Complaint[] {
  if (!comesBackAtOnce(reentry)) return [];
  return entry.flatMap((one, index) => {
    if (!('event' in one) || !ownFacts.includes(one.event)) return [];
    const test = one.where?.['journey'];
    if (test !== undefined && !matchesWhere({ journey: test }, { journey })) return [];
    return [
      {
        path: ['entry', index],
        message: `\`${one.event}\` of \`${journey}\` itself lets people in again and again, without end`,
        hint: 'name another journey by `where: { journey: … }`, or let some time pass by `reentry: { after: 90 days }`',
      },
    ];
  });
}

/** Each enrollment has its own id: a run for each of them is a run each time. */
function comesBackAtOnce(reentry: JourneyDocument['reentry']): boolean {
  return reentry === 'always' || (typeof reentry === 'object' && 'per' in reentry && reentry.per === 'enrollmentId');
}

/** Steps that ask their own journey to take the contact. With a run per key, another key is another run. */
function checkOwnSteps({ journey, reentry }: JourneyDocument, placed: Placed[]): Complaint[] {
  if (typeof reentry === 'object' && 'per' in reentry) return [];
  return placed.flatMap(({ step, path }) => {
    if (step.kind === 'enroll' && step.journey === journey) {
      const message = `\`${journey}\` cannot take whom it has already`;
      return [{ path: [...path, 'journey'], message, hint: 'name another journey, or go back by a `repeat` step' }];
    }
    if (step.kind !== 'exit' || step.into !== journey) return [];
    const message =
      reentry === 'always'
        ? `\`${journey}\` leads into itself again and again, without end`
        : `\`${journey}\` never takes somebody back who has just left it`;
    return [{ path: [...path, 'into'], message, hint: 'name another journey, or go back by a `repeat` step' }];
  });
}
