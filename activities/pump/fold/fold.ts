import { noChanges, type Changes } from './changes';
import type { Folding } from './folding';
import { endVisits } from './visits';
import { enter } from './entries';
import { leave } from './exits';
import { learn } from './traits';
import type { PastEvent, Rules, Subject, TurnedEvent } from './subject';

/** Inside events further than this from something that happened outside are stored and shown, not acted on. */
export const MAX_HOPS = 20;

/**
 * Folds one contact's events, in the order of their turns. An event that ends a journey cannot end one that began
 * after it, and entries see what the events before them left.
 */
export function foldContact(subject: Subject, events: readonly TurnedEvent[], rules: Rules): Changes {
  const changes = noChanges();
  for (const event of events) {
    if (subject.erased || event.hops > MAX_HOPS) continue;
    foldEvent({ subject, event, rules, changes });
  }
  return changes;
}

function foldEvent(folding: Folding): void {
  const changed = learn(folding);
  endVisits(folding);
  leave(folding, changed);
  folding.subject.past.push(pastOf(folding));
  enter(folding);
}

function pastOf({ subject, event }: Folding): PastEvent {
  const { about } = event;
  const enrollment = about && subject.enrollments.find(({ id }) => id === about.enrollmentId);
  return {
    type: event.type,
    properties: event.properties,
    receivedAt: event.receivedAt,
    about: about && enrollment ? { journeyKey: enrollment.journeyKey, stepId: about.stepId } : null,
  };
}
