import { v7 } from 'uuid';
import { evaluate, type Verdict } from '../../workflows/domain/conditions/evaluate';
import { didKey } from '../../workflows/domain/conditions/keys';
import { needsOf } from '../../workflows/domain/conditions/needs';
import { noFacts, type DidTest, type Facts } from '../../workflows/domain/conditions/condition';
import { entryKeyOf, reentryRefusal } from '../../workflows/domain/entry';
import { expandEvent, isBehaviour } from '../../workflows/domain/events';
import type { Json, JsonObject } from '../../workflows/domain/json';
import { sinceInstant } from '../../workflows/domain/timing/duration';
import { contactZone } from '../../workflows/domain/timing/zone';
import type { Graph } from '../../workflows/journeys/graph';
import { inTransaction, type Db, type Tx } from '../client';
import { readFields } from './effects/fields';
import { insideEvent } from './effects/inside-events';
import { findJourney, loadGraph } from './journeys';
import { insertDecisions } from './pump/decisions';
import { insertEnrollments } from './pump/enrollments';
import { readSettings } from './settings';

export interface EntryRequest {
  contactId: string;
  journeyKey: string;
  /** Tells runs apart that may be open side by side. */
  entryKey: string | null;
  properties: JsonObject;
  at: Date;
}

export type Entered =
  | { kind: 'entered'; enrollmentId: string }
  /** By the journey's own rules, with the reason. */
  | { kind: 'refused'; reason: string }
  | { kind: 'closed'; status: string }
  | { kind: 'missing' };

interface Entering extends EntryRequest {
  graph: Graph;
  versionId: string;
  number: number;
  zone: string;
  fields: Record<string, Json>;
  entryKey: string;
}

/**
 * Lets a contact into a journey because somebody asked, by the rules that hold for events too: re-entry and `unless`.
 * The decision is recorded either way.
 */
export async function enrollContact(db: Db, request: EntryRequest): Promise<Entered> {
  const entered = await inTransaction(db, (tx) => tryEntry(tx, request));
  return entered.kind === 'joined' ? enrollContact(db, { ...request, contactId: entered.into }) : entered;
}

/** `joined`: while its lock was awaited, the contact turned out to be another. */
async function tryEntry(tx: Tx, request: EntryRequest): Promise<Entered | { kind: 'joined'; into: string }> {
  await tx.$queryRaw`SELECT id FROM contact WHERE id = ${request.contactId}::uuid FOR NO KEY UPDATE`;
  const contact = await tx.contact.findUnique({ where: { id: request.contactId } });
  if (!contact || contact.erasedAt) return { kind: 'missing' };
  if (contact.mergedInto) return { kind: 'joined', into: contact.mergedInto };
  const journey = await findJourney(tx, request.journeyKey);
  if (!journey) return { kind: 'missing' };
  if (journey.status !== 'published' || journey.publishedId === null) return { kind: 'closed', status: journey.status };
  const entering = await prepare(tx, request, journey.publishedId);
  const refusal = await refusalOf(tx, entering);
  if (refusal) {
    await decide(tx, entering, { ...refusal, enrollmentId: null, outcome: 'refused' });
    return { kind: 'refused', reason: refusal.reason };
  }
  return { kind: 'entered', enrollmentId: await enter(tx, entering) };
}

async function prepare(tx: Tx, request: EntryRequest, versionId: string): Promise<Entering> {
  const { number } = await tx.journeyVersion.findUniqueOrThrow({ where: { id: versionId }, select: { number: true } });
  const graph = await loadGraph(tx, versionId);
  if (!graph) throw new Error(`no version ${versionId}`);
  const fields = await readFields(tx, request.contactId);
  const entryKey = request.entryKey ?? entryKeyOf(graph.reentry, request.properties) ?? '';
  const zone = contactZone(fields, (await readSettings(tx)).settings.defaultZone);
  return { ...request, graph, versionId, number, zone, fields, entryKey };
}

interface Refusal {
  reason: string;
  inputs: JsonObject;
}

async function refusalOf(tx: Tx, entering: Entering): Promise<Refusal | null> {
  const reason = await barred(tx, entering);
  if (reason !== null) return { reason, inputs: {} };
  const { unless } = entering.graph;
  if (!unless) return null;
  const verdict: Verdict = evaluate(unless, await factsFor(tx, entering));
  return verdict.holds ? { reason: `kept out: ${verdict.reasons.join('; ')}`, inputs: verdict.inputs } : null;
}

async function barred(tx: Tx, { contactId, journeyKey, entryKey, graph, at, zone }: Entering): Promise<string | null> {
  if (graph.reentry.kind === 'per' && entryKey === '')
    return "an entryKey is needed: it tells this journey's runs apart";
  const rows = await tx.enrollment.findMany({ where: { contactId, journeyKey }, orderBy: { n: 'asc' } });
  const earlier = rows.map((row) => ({
    entryKey: row.entryKey,
    finished: row.status === 'finished',
    endedAt: row.endedAt?.getTime() ?? null,
  }));
  return reentryRefusal(graph.reentry, earlier, { entryKey, at: at.getTime(), zone });
}

async function factsFor(
  tx: Tx,
  { contactId, fields, properties, graph, journeyKey, at, zone }: Entering,
): Promise<Facts> {
  const did: Record<string, number> = {};
  const { did: tests } = needsOf(graph.unless ? [graph.unless] : []);
  for (const test of tests) did[didKey(test)] = await timesDone(tx, test, { contactId, journeyKey, at, zone });
  const others = await tx.enrollment.findMany({ where: { contactId, journeyKey: { not: journeyKey } } });
  return {
    ...noFacts,
    contact: fields,
    properties,
    did,
    journeys: others.map(({ journeyKey: journey, status, leaving }) => {
      return { journey, status: status === 'finished' || leaving !== null ? 'finished' : 'active' };
    }),
  };
}

type Doing = Pick<Entering, 'contactId' | 'journeyKey' | 'at' | 'zone'>;

async function timesDone(tx: Tx, test: DidTest, { contactId, journeyKey, at, zone }: Doing): Promise<number> {
  const types = expandEvent(test);
  const since = new Date(test.within === undefined ? 0 : sinceInstant(test.within, at.getTime(), zone));
  const steps = test.of === undefined ? null : [test.of].flat();
  const events = await tx.$queryRaw<
    { type: string; properties: JsonObject; journey: string | null; step: string | null }[]
  >`
    SELECT ev.type, ev.properties, s.journey_key AS journey, s.step_id AS step
    FROM event ev LEFT JOIN send s ON s.id = ev.send_id
    WHERE ev.contact_id = ${contactId}::uuid AND ev.turn IS NOT NULL AND ev.type = ANY(${types}) AND ev.received_at >= ${since}`;
  return events.filter((event) => {
    if (!isBehaviour({ types, where: test.where ?? null }, event)) return false;
    if (steps === null) return true;
    return event.journey === journeyKey && (steps.includes('journey') || steps.includes(event.step ?? ''));
  }).length;
}

async function enter(tx: Tx, entering: Entering): Promise<string> {
  const { contactId, journeyKey, versionId, entryKey, properties, number, at } = entering;
  const id = v7();
  const [next] = await tx.$queryRaw<{ turn: bigint; n: number }[]>`
    SELECT nextval('turn_seq') AS turn, coalesce(max(n), 0) + 1 AS n FROM enrollment
    WHERE contact_id = ${contactId}::uuid AND journey_key = ${journeyKey}`;
  const { turn, n } = next ?? { turn: 0n, n: 1 };
  const row = { id, journeyKey, versionId, contactId, n, entryKey, turn, properties, hops: 0, at: at.getTime() };
  await insertEnrollments(tx, [row]);
  await decide(tx, entering, { enrollmentId: id, outcome: 'entered', reason: 'asked for by the API', inputs: {} });
  await tx.dispatch.create({ data: { enrollmentId: id, workflowId: `${journeyKey}/${id}`, kind: 'start' } });
  await insideEvent(tx, {
    type: 'journey.entered',
    messageId: `journey.entered:${id}:api`,
    contactId,
    properties: { journey: journeyKey, version: number, enrollmentId: id },
    hops: 1,
    at: at.getTime(),
  });
  return id;
}

interface Choice {
  enrollmentId: string | null;
  outcome: string;
  reason: string;
  inputs: JsonObject;
}

async function decide(tx: Tx, { contactId, journeyKey, number, at }: Entering, choice: Choice): Promise<void> {
  const inputs = { ...choice.inputs, by: 'api', version: number };
  const where = { contactId, journeyKey, stepId: null, visit: 0, kind: 'entry', at: at.getTime() };
  await insertDecisions(tx, [{ id: v7(), ...where, ...choice, inputs }]);
}
