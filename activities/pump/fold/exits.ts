import { expandEvent, isBehaviour } from '../../../workflows/domain/events';
import { journeyWorkflowId } from '../../../workflows/contract/journey';
import type { JsonObject } from '../../../workflows/domain/json';
import type { Graph } from '../../../workflows/journeys/graph';
import type { Folding, Learned } from './folding';
import type { Enrolled, TurnedEvent } from './subject';

/** Exits that hold for every journey that does not opt out. */
export const defaultExits = {
  'meeting-booked': ({ event }) => event.type === 'meeting.booked',
  replied: ({ event }) => event.type === 'email.replied',
  customer: ({ event, learned }) => becameCustomer(event, learned),
  unsubscribed: ({ event, graph }) => event.type === 'email.unsubscribed' && concerns(event, graph.topic),
  'handoff-accepted': ({ event }) => event.type === 'handoff.accepted',
} satisfies Record<string, (of: { event: TurnedEvent; graph: Graph; learned: Learned }) => boolean>;

/** Writes `leaving` where this event ends an open enrollment; the first reason stays. PROTOCOL rule 6. */
export function leave(folding: Folding, learned: Learned): void {
  const { subject, rules, event } = folding;
  for (const enrollment of subject.enrollments) {
    const graph = rules.graphs.get(enrollment.versionId);
    if (enrollment.finished || enrollment.leaving !== null || !graph) continue;
    if (event.properties.enrollmentId === enrollment.id && event.type === 'journey.entered') continue; // its own entry
    const outcome = ownExit(folding, graph) ?? defaultExit(folding, graph, learned);
    if (outcome !== undefined) setLeaving(folding, enrollment, outcome);
  }
}

function ownExit({ event }: Folding, graph: Graph): string | undefined {
  const own = graph.exits.find(({ event: name, where }) => isBehaviour({ types: expandEvent(name), where }, event));
  return own && 'outcome' in own ? own.outcome : undefined;
}

function defaultExit({ event, rules }: Folding, graph: Graph, learned: Learned): string | undefined {
  if (!graph.defaultExits || event.properties.machine === true) return undefined;
  return Object.entries(defaultExits).find(
    ([name, applies]) => rules.defaultExits.includes(name) && applies({ event, graph, learned }),
  )?.[0];
}

function setLeaving({ subject, event, rules, changes }: Folding, enrollment: Enrolled, outcome: string): void {
  const { id, journeyKey, stepId, visit } = enrollment;
  enrollment.leaving = outcome;
  const cause: JsonObject = {
    kind: 'event',
    type: event.type,
    event: String(event.seq),
    at: new Date(event.receivedAt).toISOString(),
  };
  changes.leaves.push({ enrollmentId: id, outcome, cause });
  changes.decisions.push({
    id: rules.newId(),
    contactId: subject.id,
    enrollmentId: id,
    journeyKey,
    stepId,
    visit,
    kind: 'exit',
    outcome,
    reason: `${event.type} ends this journey`,
    inputs: cause,
    at: event.receivedAt,
  });
  const workflowId = journeyWorkflowId(journeyKey, id);
  changes.dispatch.push({ enrollmentId: id, workflowId, kind: 'wake', visit: null, outcome: 'leave' });
}

/** The event told it, or a person wrote it into the contact and the event tells of that. */
function becameCustomer(event: TurnedEvent, learned: Learned): boolean {
  if (learned.lifecycleStage === 'customer') return true;
  if (event.type !== 'contact.updated' || event.properties.learned === true) return false;
  const { values } = event.properties;
  return (
    typeof values === 'object' && values !== null && !Array.isArray(values) && values.lifecycleStage === 'customer'
  );
}

/** An opt-out from one topic ends the journeys of that topic, one without a topic ends all. */
function concerns({ properties }: TurnedEvent, topic: string): boolean {
  return typeof properties.topic !== 'string' || properties.topic === topic;
}
