import { noFacts, type Condition, type DidTest } from '../../domain/conditions/condition';
import { evaluate, type Verdict } from '../../domain/conditions/evaluate';
import { didKey } from '../../domain/conditions/keys';
import { needsOf } from '../../domain/conditions/needs';
import { expandEvent, isBehaviour } from '../../domain/events';
import { sinceInstant } from '../../domain/timing/duration';
import type { Reading } from './reading';

/** Evaluates conditions for the enrollment's contact; in order, each with its verdict. */
export function evaluateFor(reading: Reading, conditions: readonly Condition[]): Verdict[] {
  const { world, contact, enrollment } = reading;
  const needs = needsOf(conditions);
  const others = world.enrollments.filter(({ id, contactId }) => contactId === contact.id && id !== enrollment.id);
  const facts = {
    ...noFacts,
    contact: contact.fields,
    properties: enrollment.entry,
    did: Object.fromEntries(needs.did.map((test) => [didKey(test), timesDone(reading, test)])),
    journeys: others.map(({ journeyKey: journey, status }) => ({
      journey,
      status: status === 'finished' ? ('finished' as const) : ('active' as const),
    })),
  };
  return conditions.map((condition) => evaluate(condition, facts));
}

function timesDone(reading: Reading, test: DidTest): number {
  const { world, contact, enrollment, at, zone } = reading;
  const types = expandEvent(test);
  const since = test.within === undefined ? -Infinity : sinceInstant(test.within, at, zone);
  const fromTurn = test.since === 'entry' ? enrollment.mark : -1n;
  return world.events.filter(
    (event) =>
      event.contactId === contact.id &&
      event.turn !== null &&
      event.turn > fromTurn &&
      event.receivedAt >= since &&
      isBehaviour({ types, where: test.where ?? null }, event) &&
      (test.of === undefined || isAbout(reading, event.sendId, [test.of].flat())),
  ).length;
}

/** `journey` stands for every message of the journey. */
function isAbout({ world, enrollment }: Reading, sendId: string | null, steps: readonly string[]): boolean {
  const send = world.sends.find(({ id }) => id === sendId);
  if (send?.enrollmentId !== enrollment.id) return false;
  return steps.includes('journey') || steps.includes(send.stepId);
}
