import { isBehaviour } from '../../../workflows/domain/events';
import { journeyWorkflowId } from '../../../workflows/contract/journey';
import { markOfWinner } from '../../../workflows/domain/visits/marks';
import type { VisitOutcome } from '../../../workflows/contract/visits';
import type { Folding } from './folding';
import type { Enrolled, Subscription, TurnedEvent } from './subject';

/** Ends the visits that this event was awaited by, and knocks where it is only of interest. PROTOCOL rule 4. */
export function endVisits(folding: Folding): void {
  const { subject, event } = folding;
  for (const subscription of [...subject.subscriptions].sort(bySlot)) {
    if (!subject.subscriptions.includes(subscription)) continue; // its visit has just been won
    if (subscription.deadline !== null && event.receivedAt >= subscription.deadline) {
      subscription.firstLate ??= event.turn;
    } else if (isBehaviour(subscription, event) && isAbout(subscription, event)) {
      meet(folding, subscription);
    }
  }
}

function bySlot(a: Subscription, b: Subscription): number {
  return a.slot - b.slot;
}

/** A behaviour `of:` a message is matched by its send, and the message must be of the same enrollment. */
function isAbout({ ofSteps, enrollmentId }: Subscription, { about }: TurnedEvent): boolean {
  if (ofSteps.length === 0) return true;
  return about !== null && about.enrollmentId === enrollmentId && ofSteps.includes(about.stepId);
}

function meet(folding: Folding, subscription: Subscription): void {
  const { subject } = folding;
  const enrollment = subject.enrollments.find(({ id }) => id === subscription.enrollmentId);
  if (!enrollment || enrollment.finished) return;
  if (subscription.slot < 0) knock(folding, { subscription, enrollment, outcome: null });
  else win(folding, subscription, enrollment);
}

/** Winner and outcome are written together; the visit's subscriptions go, whatever slot they are in. */
function win(folding: Folding, subscription: Subscription, enrollment: Enrolled): void {
  const { subject, event, changes } = folding;
  const { enrollmentId, visit, slot } = subscription;
  const outcome: VisitOutcome = `on:${slot}`;
  const mark = markOfWinner(event.turn, subscription.firstLate);
  changes.wins.push({ enrollmentId, visit, outcome, winnerSeq: event.seq, mark, at: event.receivedAt });
  subject.subscriptions = subject.subscriptions.filter(
    (other) => other.enrollmentId !== enrollmentId || other.visit !== visit,
  );
  noteWin(folding, subscription, enrollment);
  knock(folding, { subscription, enrollment, outcome });
}

function noteWin({ subject, event, rules, changes }: Folding, won: Subscription, enrollment: Enrolled): void {
  const about = event.about === null ? '' : ` about ${event.about.stepId}`;
  changes.decisions.push({
    id: rules.newId(),
    contactId: subject.id,
    enrollmentId: won.enrollmentId,
    journeyKey: enrollment.journeyKey,
    stepId: won.stepId,
    visit: won.visit,
    kind: 'wait',
    outcome: `on:${won.slot}`,
    reason: `${event.type}${about} came before the wait was over`,
    inputs: {
      event: String(event.seq),
      turn: String(event.turn),
      receivedAt: new Date(event.receivedAt).toISOString(),
      deadline: won.deadline === null ? null : new Date(won.deadline).toISOString(),
    },
    at: event.receivedAt,
  });
}

function knock(
  { changes }: Folding,
  {
    subscription,
    enrollment,
    outcome,
  }: { subscription: Subscription; enrollment: Enrolled; outcome: VisitOutcome | null },
): void {
  changes.dispatch.push({
    enrollmentId: enrollment.id,
    workflowId: journeyWorkflowId(enrollment.journeyKey, enrollment.id),
    kind: 'wake',
    visit: subscription.visit,
    outcome,
  });
}
