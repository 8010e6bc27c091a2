import { noChanges, type Changes } from './changes';
import { noteConsents } from './consents';
import type { Folding } from './folding';
import { endVisits } from './visits';
import { MAX_HOPS } from '../../../workflows/domain/hops';
import { mayScore } from '../../../workflows/domain/scoring/may-score';
import { readRequest } from '../../../workflows/domain/entries/request';
import { startsNobody } from '../../../workflows/domain/entries/starts-nobody';
import type { PastEvent } from '../../../workflows/domain/entries/past';
import { enter, refuseRequest } from './entries';
import { divert, leave, ruleOnExits } from './exits';
import { countScore } from './scores';
import { learn } from './traits';
import type { Rules, Subject, TurnedEvent } from './subject';
import { settleRecounted, settleUnknown, turnWatches } from './watches';

/**
 * Folds one contact's events, in the order of their turns. An event that ends a journey cannot end one that began
 * after it, and entries see what the events before them left.
 */
export function foldContact(subject: Subject, events: readonly TurnedEvent[], rules: Rules): Changes {
  const changes = noChanges();
  if (subject.erased) return changes;
  changes.turns.push(...settleUnknown(subject, events, rules), ...settleRecounted(subject, events, rules));
  const scored = events.filter((event) => event.hops <= MAX_HOPS && mayScore(rules.scoring, event));
  const last = scored.at(-1);
  for (const event of events) {
    const folding = { subject, event, rules, changes, scoresOn: last !== undefined && event.turn < last.turn };
    if (event.hops <= MAX_HOPS) foldEvent(folding);
    else refuseTooFar(folding);
  }
  return changes;
}

function foldEvent(folding: Folding): void {
  const { inside } = folding.changes;
  const before = inside.length;
  const scored = note(folding);
  if (startsNobody(folding.event)) {
    for (const told of inside.slice(before)) told.startsNobody = true;
    turnSilently(folding, scored);
  } else {
    turnWatches(folding, scored);
    enter(folding);
  }
}

/** What an event changes, before anything begins by it. Answers whether it counted for the score. */
function note(folding: Folding): boolean {
  const changed = learn(folding);
  const scored = countScore(folding);
  noteConsents(folding);
  const exits = ruleOnExits(folding, changed);
  divert(folding, exits);
  endVisits(folding);
  leave(folding, exits);
  folding.subject.past.push(pastOf(folding));
  noteMail(folding);
  return scored;
}

/** They are in segments from then on, and nobody is told. */
function turnSilently(folding: Folding, scored: boolean): void {
  turnWatches({ ...folding, changes: { ...folding.changes, inside: [] } }, scored);
}

/** Journeys that ask each other in a circle come to an end here, and people see where. */
function refuseTooFar(folding: Folding): void {
  const request = readRequest(folding.event);
  if (request) refuseRequest(folding, request, `more than ${MAX_HOPS} events away from anything outside`);
}

/** What somebody does with one of their last mails. */
function noteMail({ subject, event }: Folding): void {
  const mail = subject.mails.find(({ sendId }) => sendId === event.about?.sendId);
  if (!mail || event.properties.machine === true) return;
  if (event.type === 'email.opened' || event.type === 'email.clicked') mail.opened = true;
  if (event.type === 'email.clicked') mail.clicked = true;
}

function pastOf({ subject, event }: Folding): PastEvent {
  const { about } = event;
  const enrollment = about && subject.enrollments.find(({ id }) => id === about.enrollmentId);
  return {
    seq: event.seq,
    type: event.type,
    properties: event.properties,
    receivedAt: event.receivedAt,
    about: about && enrollment ? { journeyKey: enrollment.journeyKey, stepId: about.stepId } : null,
  };
}
