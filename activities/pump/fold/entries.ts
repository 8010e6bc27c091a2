import { ruleEntry, type EntryRuling } from '../../../workflows/domain/entry';
import { factsOf } from '../../../workflows/domain/entries/known';
import { mayOpen, opensBy } from '../../../workflows/domain/entries/past';
import { readRequest, type EntryRequested } from '../../../workflows/domain/entries/request';
import { contactZone } from '../../../workflows/domain/timing/zone';
import { journeyWorkflowId } from '../../../workflows/contract/journey';
import type { JsonObject } from '../../../workflows/domain/json';
import type { GraphEntry } from '../../../workflows/journeys/graph';
import type { Folding } from './folding';
import { knownOf, type PublishedJourney } from './subject';

/** How somebody comes to enter: the properties they bring, and why. */
interface Way {
  properties: JsonObject;
  entryKey: string | null;
  reason: string;
  inputs: JsonObject;
}

/** Enters the journeys that this event opens, by priority, each seeing the earlier ones. */
export function enter(folding: Folding): void {
  const { event, rules } = folding;
  const request = readRequest(event);
  if (request) {
    enterByRequest(folding, request);
    return;
  }
  const way = { properties: event.properties, entryKey: null, reason: `${event.type} opens it`, inputs: {} };
  for (const journey of rules.journeys) {
    if (journey.graph.entries.some((entry) => opens(folding, entry))) decide(folding, journey, way);
  }
}

function opens({ event, subject, rules }: Folding, entry: GraphEntry): boolean {
  if (entry.kind === 'segment') {
    return event.origin === 'inside' && event.type === 'segment.entered' && event.properties.segment === entry.segment;
  }
  if (entry.kind !== 'event' || !mayOpen(entry, event)) return false;
  const zone = contactZone(subject.profile.fields, rules.defaultZone);
  return opensBy(entry, event, { past: subject.past, at: event.receivedAt, zone });
}

/** Its own rules hold for who is asked for, too. */
function enterByRequest(folding: Folding, request: EntryRequested): void {
  const journey = folding.rules.journeys.find(({ key }) => key === request.journey);
  if (journey) decide(folding, journey, wayOf(request));
  else refuseRequest(folding, request, 'this journey takes nobody in now');
}

/** Says why nothing came of a request. */
export function refuseRequest(folding: Folding, request: EntryRequested, reason: string): void {
  const { inputs } = wayOf(request);
  note(folding, { key: request.journey }, { enrollmentId: null, outcome: 'refused', reason, inputs });
}

function wayOf({ by, from, enrollmentId, entry, entryKey }: EntryRequested): Way {
  const reason = from === null ? `asked for by ${by}` : `asked for by ${by} of ${from}`;
  const inputs = { by, ...(from !== null && { from }), ...(enrollmentId !== null && { of: enrollmentId }) };
  return { properties: entry, entryKey, reason, inputs };
}

function decide(folding: Folding, journey: PublishedJourney, way: Way): void {
  const ruling = rule(folding, journey, way);
  const inputs = { ...ruling.inputs, ...way.inputs };
  if (ruling.enter) enroll(folding, journey, { ...way, entryKey: ruling.entryKey, inputs });
  else note(folding, journey, { enrollmentId: null, outcome: 'refused', reason: ruling.reason, inputs });
}

function rule({ event, subject, rules }: Folding, { key, graph }: PublishedJourney, way: Way): EntryRuling {
  const { properties, entryKey } = way;
  const now = { properties, at: event.receivedAt, zone: contactZone(subject.profile.fields, rules.defaultZone) };
  const { unless } = graph;
  return ruleEntry(graph, {
    ...now,
    entryKey,
    earlier: subject.enrollments.filter(({ journeyKey }) => journeyKey === key),
    facts: () =>
      factsOf(knownOf(subject), {
        condition: unless ?? { all: [] },
        segments: rules.segments,
        journeyKey: key,
        ...now,
      }),
  });
}

function enroll(folding: Folding, journey: PublishedJourney, way: Way & { entryKey: string }): void {
  const { subject, event, rules, changes } = folding;
  const id = rules.newId();
  const { key: journeyKey, versionId, version } = journey;
  const n = Math.max(0, ...subject.enrollments.filter((one) => one.journeyKey === journeyKey).map((one) => one.n)) + 1;
  const { properties, entryKey, reason, inputs } = way;
  const enrolled = { id, journeyKey, versionId, n, entryKey };
  const { turn, hops, receivedAt: at } = event;
  subject.enrollments.push({
    ...enrolled,
    finished: false,
    leaving: null,
    diverted: null,
    visit: 0,
    stepId: null,
    endedAt: null,
  });
  changes.entries.push({ ...enrolled, contactId: subject.id, turn, properties, hops, at });
  note(folding, journey, { enrollmentId: id, outcome: 'entered', reason, inputs });
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

interface Noted {
  enrollmentId: string | null;
  outcome: string;
  reason: string;
  inputs: JsonObject;
}

/** The version is missing where no journey of that key takes anybody in. */
function note({ subject, event, rules, changes }: Folding, of: { key: string; version?: number }, noted: Noted): void {
  const { key: journeyKey, version } = of;
  changes.decisions.push({
    id: rules.newId(),
    contactId: subject.id,
    journeyKey,
    stepId: null,
    visit: 0,
    kind: 'entry',
    ...noted,
    inputs: {
      ...noted.inputs,
      event: String(event.seq),
      type: event.type,
      ...(version !== undefined && { version }),
    },
    at: event.receivedAt,
  });
}
