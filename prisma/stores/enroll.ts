import { v7 } from 'uuid';
import { needsOf } from '../../workflows/domain/conditions/needs';
import type { Segments } from '../../workflows/domain/conditions/condition';
import { ruleEntry, type EntryRuling } from '../../workflows/domain/entry';
import { factsOf } from '../../workflows/domain/entries/known';
import type { JsonObject } from '../../workflows/domain/json';
import { contactZone } from '../../workflows/domain/timing/zone';
import type { Graph } from '../../workflows/journeys/graph';
import { inTransaction, type Db, type DbOrTx, type Tx } from '../client';
import { insideEvent } from './effects/inside-events';
import { findJourney, loadGraph } from './journeys';
import { readKnown, type KnownContact } from './known';
import { insertDecisions } from './pump/decisions';
import { insertEnrollments } from './pump/enrollments';
import { readSegments } from './saved-segments';
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
  versionId: string;
  number: number;
  ruling: EntryRuling;
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
  const entering = await judge(tx, request, journey.publishedId);
  const { ruling } = entering;
  if (ruling.enter) return { kind: 'entered', enrollmentId: await enter(tx, entering, ruling.entryKey) };
  await decide(tx, entering, { reason: ruling.reason, enrollmentId: null, outcome: 'refused' });
  return { kind: 'refused', reason: ruling.reason };
}

async function judge(tx: Tx, request: EntryRequest, versionId: string): Promise<Entering> {
  const { number } = await tx.journeyVersion.findUniqueOrThrow({ where: { id: versionId }, select: { number: true } });
  const graph = await loadGraph(tx, versionId);
  if (!graph) throw new Error(`no version ${versionId}`);
  const rules = await readEntryRules(tx, graph);
  const [known] = await readKnown(tx, [request.contactId], { needs: rules.needs, at: request.at.getTime() });
  if (!known) throw new Error(`no contact ${request.contactId}`);
  const asked = { ...request, at: request.at.getTime() };
  return { ...request, versionId, number, ruling: ruleFor(known, rules, asked) };
}

/** What entering a journey is ruled by. */
export interface EntryRules {
  graph: Graph;
  segments: Segments;
  defaultZone: string;
  needs: ReturnType<typeof needsOf>;
}

export async function readEntryRules(db: DbOrTx, graph: Graph): Promise<EntryRules> {
  const { settings } = await readSettings(db);
  const segments = await readSegments(db, settings.eventGroups);
  const needs = needsOf(graph.unless ? [graph.unless] : [], segments);
  return { graph, segments, defaultZone: settings.defaultZone, needs };
}

/** Whether this contact may enter at `at` (epoch milliseconds). */
export function ruleFor(
  known: KnownContact,
  { graph, segments, defaultZone }: EntryRules,
  asked: { properties: JsonObject; entryKey: string | null; at: number },
): EntryRuling {
  const { properties, entryKey, at } = asked;
  const zone = contactZone(known.contact, defaultZone);
  const now = { properties, at, zone };
  const { journey: journeyKey, unless = { any: [] } } = graph;
  return ruleEntry(graph, {
    ...now,
    entryKey,
    earlier: known.enrollments.filter((row) => row.journeyKey === journeyKey),
    facts: () => factsOf(known, { condition: unless, segments, journeyKey, ...now }),
  });
}

async function enter(tx: Tx, entering: Entering, entryKey: string): Promise<string> {
  const { contactId, journeyKey, versionId, properties, number, at } = entering;
  const id = v7();
  const [next] = await tx.$queryRaw<{ turn: bigint; n: number }[]>`
    SELECT nextval('turn_seq') AS turn, coalesce(max(n), 0) + 1 AS n FROM enrollment
    WHERE contact_id = ${contactId}::uuid AND journey_key = ${journeyKey}`;
  const { turn, n } = next ?? { turn: 0n, n: 1 };
  const row = { id, journeyKey, versionId, contactId, n, entryKey, turn, properties, hops: 0, at: at.getTime() };
  await insertEnrollments(tx, [row]);
  await decide(tx, entering, { enrollmentId: id, outcome: 'entered', reason: 'asked for by the API' });
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
}

async function decide(tx: Tx, { contactId, journeyKey, number, at, ruling }: Entering, choice: Choice): Promise<void> {
  const inputs = { ...ruling.inputs, by: 'api', version: number };
  const where = { contactId, journeyKey, stepId: null, visit: 0, kind: 'entry', at: at.getTime() };
  await insertDecisions(tx, [{ id: v7(), ...where, ...choice, inputs }]);
}
