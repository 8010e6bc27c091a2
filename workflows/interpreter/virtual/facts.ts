import type { Condition, DidTest, Facts, MailFact } from '../../domain/conditions/condition';
import { evaluate, type Verdict } from '../../domain/conditions/evaluate';
import { didKey } from '../../domain/conditions/keys';
import { needsOf } from '../../domain/conditions/needs';
import { expandEvent, isBehaviour } from '../../domain/events';
import { sinceInstant } from '../../domain/timing/duration';
import type { Reading } from './reading';
import { scoreOfContact } from './scores';
import { standingAgainst } from './suppressions';
import type { SendRow } from './world';

/** Evaluates conditions for the enrollment's contact; in order, each with its verdict. */
export function evaluateFor(reading: Reading, conditions: readonly Condition[]): Verdict[] {
  const facts = factsOf(reading, conditions);
  return conditions.map((condition) => evaluate(condition, facts));
}

function factsOf(reading: Reading, conditions: readonly Condition[]): Facts {
  const { world, contact, enrollment } = reading;
  const { segments } = world.settings;
  const { did } = needsOf(conditions, segments);
  return {
    contact: contact.fields,
    properties: enrollment.entry,
    did: Object.fromEntries(did.map((test) => [didKey(test), timesDone(reading, test)])),
    journeys: otherJourneys(reading),
    score: scoreOfContact(world, contact, reading.at),
    mails: lastMails(reading),
    optOuts: optOutsOf(reading),
    openHandoff: false,
    segments,
  };
}

/** Who is to leave is as good as gone. */
function otherJourneys({ world, contact, enrollment }: Reading): Facts['journeys'] {
  const others = world.enrollments.filter(({ id, contactId }) => contactId === contact.id && id !== enrollment.id);
  return others.map(({ journeyKey: journey, status, leaving }) => ({
    journey,
    status: status === 'finished' || leaving !== null ? 'finished' : 'active',
  }));
}

/** The newest first; of the same instant, the one that was written later. */
function lastMails(reading: Reading): MailFact[] {
  const { world, contact } = reading;
  const sent = world.sends.filter(
    ({ contactId, channel, class: kind, claimedAt, state }) =>
      contactId === contact.id &&
      channel === 'email' &&
      kind !== 'internal' &&
      claimedAt !== null &&
      wentOut.includes(state),
  );
  return sent
    .reverse()
    .sort((a, b) => (b.claimedAt ?? 0) - (a.claimedAt ?? 0))
    .map((send) => {
      const clicked = wasDone(reading, send, 'email.clicked');
      return { clicked, opened: clicked || wasDone(reading, send, 'email.opened') };
    });
}

const wentOut: readonly SendRow['state'][] = ['accepted', 'delivered'];

function wasDone({ world }: Reading, { id }: SendRow, type: string): boolean {
  return world.events.some(
    (event) => event.sendId === id && event.turn !== null && isBehaviour({ types: [type] }, event),
  );
}

function optOutsOf({ world, contact }: Reading): string[] {
  return standingAgainst(world, contact).map(({ scope }) => scope);
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
