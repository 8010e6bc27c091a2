import { evaluate, type Verdict } from '../../../workflows/domain/conditions/evaluate';
import { didKey } from '../../../workflows/domain/conditions/keys';
import { needsOf } from '../../../workflows/domain/conditions/needs';
import { noFacts, type DidTest, type Facts } from '../../../workflows/domain/conditions/condition';
import { entryKeyOf, reentryRefusal } from '../../../workflows/domain/entry';
import { expandEvent, isBehaviour } from '../../../workflows/domain/events';
import { sinceInstant } from '../../../workflows/domain/timing/duration';
import { contactZone } from '../../../workflows/domain/timing/zone';
import { journeyWorkflowId } from '../../../workflows/contract/journey';
import type { JsonObject } from '../../../workflows/domain/json';
import type { Folding } from './folding';
import type { Enrolled, PublishedJourney } from './subject';

/** What came of an event that a journey may be entered by. */
type Ruling =
  { enter: true; entryKey: string; inputs: JsonObject } | { enter: false; reason: string; inputs: JsonObject };

/** Enters the journeys that this event opens, by priority, each seeing the earlier ones. */
export function enter(folding: Folding): void {
  for (const journey of folding.rules.journeys) {
    if (!opens(folding, journey)) continue;
    const ruling = rule(folding, journey);
    if (ruling.enter) enroll(folding, journey, ruling);
    else noteRefusal(folding, journey, ruling);
  }
}

function opens({ event }: Folding, { graph }: PublishedJourney): boolean {
  return graph.entries.some(
    (entry) => entry.kind === 'event' && isBehaviour({ types: expandEvent(entry), where: entry.where }, event),
  );
}

function rule(folding: Folding, journey: PublishedJourney): Ruling {
  const earlier = folding.subject.enrollments.filter(({ journeyKey }) => journeyKey === journey.key);
  const again = mayEnter(folding, journey, earlier);
  if (!again.enter) return again;
  const { unless } = journey.graph;
  if (!unless) return again;
  const verdict: Verdict = evaluate(unless, factsFor(folding, journey));
  if (!verdict.holds) return { ...again, inputs: verdict.inputs };
  return { enter: false, reason: `kept out: ${verdict.reasons.join('; ')}`, inputs: verdict.inputs };
}

function mayEnter({ event, subject, rules }: Folding, { graph }: PublishedJourney, earlier: Enrolled[]): Ruling {
  const refuse = (reason: string): Ruling => ({ enter: false, reason, inputs: {} });
  const entryKey = entryKeyOf(graph.reentry, event.properties);
  if (entryKey === null) return refuse('the event lacks the property that tells its runs apart');
  const zone = contactZone(subject.profile.fields, rules.defaultZone);
  const refusal = reentryRefusal(graph.reentry, earlier, { entryKey, at: event.receivedAt, zone });
  return refusal === null ? { enter: true, entryKey, inputs: {} } : refuse(refusal);
}

function factsFor(folding: Folding, { key, graph }: PublishedJourney): Facts {
  const { subject, event } = folding;
  const { did } = needsOf(graph.unless ? [graph.unless] : []);
  return {
    ...noFacts,
    contact: { ...subject.profile.fields, traits: subject.profile.traits },
    properties: event.properties,
    did: Object.fromEntries(did.map((test) => [didKey(test), timesDone(folding, key, test)])),
    journeys: subject.enrollments
      .filter(({ journeyKey }) => journeyKey !== key)
      // Who is to leave is as good as gone.
      .map((other) => ({ journey: other.journeyKey, status: other.finished || other.leaving ? 'finished' : 'active' })),
  };
}

function timesDone({ subject, event, rules }: Folding, journeyKey: string, test: DidTest): number {
  const zone = contactZone(subject.profile.fields, rules.defaultZone);
  const from = test.within === undefined ? -Infinity : sinceInstant(test.within, event.receivedAt, zone);
  const behaviour = { types: expandEvent(test), where: test.where };
  const steps = test.of === undefined ? null : [test.of].flat();
  return subject.past.filter((past) => {
    if (past.receivedAt < from || !isBehaviour(behaviour, past)) return false;
    if (steps === null) return true;
    const ofJourney = past.about?.journeyKey === journeyKey;
    return ofJourney && (steps.includes('journey') || steps.includes(past.about?.stepId ?? ''));
  }).length;
}

function enroll(folding: Folding, journey: PublishedJourney, { entryKey, inputs }: Extract<Ruling, { enter: true }>) {
  const { subject, event, rules, changes } = folding;
  const id = rules.newId();
  const { key: journeyKey, versionId, version } = journey;
  const n = Math.max(0, ...subject.enrollments.filter((one) => one.journeyKey === journeyKey).map((one) => one.n)) + 1;
  const enrolled = { id, journeyKey, versionId, n, entryKey };
  const { turn, properties, hops, receivedAt: at } = event;
  subject.enrollments.push({ ...enrolled, finished: false, leaving: null, visit: 0, stepId: null, endedAt: null });
  changes.entries.push({ ...enrolled, contactId: subject.id, turn, properties, hops, at });
  note(folding, journey, { enrollmentId: id, outcome: 'entered', reason: `${event.type} opens it`, inputs });
  const workflowId = journeyWorkflowId(journeyKey, id);
  changes.dispatch.push({ enrollmentId: id, workflowId, kind: 'start', visit: null, outcome: null });
  changes.inside.push({
    messageId: `journey.entered:${id}:${event.seq}`,
    type: 'journey.entered',
    contactId: subject.id,
    properties: { journey: journeyKey, version, enrollmentId: id },
    hops: event.hops + 1,
  });
}

function noteRefusal(
  folding: Folding,
  journey: PublishedJourney,
  { reason, inputs }: Extract<Ruling, { enter: false }>,
) {
  note(folding, journey, { enrollmentId: null, outcome: 'refused', reason, inputs });
}

interface Noted {
  enrollmentId: string | null;
  outcome: string;
  reason: string;
  inputs: JsonObject;
}

function note({ subject, event, rules, changes }: Folding, { key, version }: PublishedJourney, noted: Noted): void {
  changes.decisions.push({
    id: rules.newId(),
    contactId: subject.id,
    journeyKey: key,
    stepId: null,
    visit: 0,
    kind: 'entry',
    ...noted,
    inputs: { ...noted.inputs, event: String(event.seq), type: event.type, version },
    at: event.receivedAt,
  });
}
