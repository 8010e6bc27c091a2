import { Prisma } from '../../generated/client';
import { noFacts, type Condition, type DidTest, type Facts } from '../../../workflows/domain/conditions/condition';
import { evaluate, type Verdict } from '../../../workflows/domain/conditions/evaluate';
import { didKey } from '../../../workflows/domain/conditions/keys';
import { needsOf } from '../../../workflows/domain/conditions/needs';
import { expandEvent, isBehaviour } from '../../../workflows/domain/events';
import type { Json } from '../../../workflows/domain/json';
import { sinceInstant } from '../../../workflows/domain/timing/duration';
import type { Graph } from '../../../workflows/journeys/graph';
import type { Tx } from '../../client';
import type { EffectContext } from './context';
import { readFields } from './fields';
import type { Reading } from './reading';

/** Evaluates conditions for an enrollment's contact, as things stand under the lock; in order, each with its verdict. */
export async function evaluateAll(
  tx: Tx,
  context: EffectContext,
  conditions: readonly Condition[],
): Promise<Verdict[]> {
  const facts = await readFacts(tx, context, conditions);
  return conditions.map((condition) => evaluate(condition, facts));
}

async function readFacts(tx: Tx, context: EffectContext, conditions: readonly Condition[]): Promise<Facts> {
  const { reading } = context;
  const needs = needsOf(conditions);
  const did: Record<string, number> = {};
  for (const test of needs.did) did[didKey(test)] = await countDid(tx, context, test);
  return {
    ...noFacts,
    contact: await readFields(tx, reading.contactId),
    properties: reading.entry,
    did,
    journeys: needs.journeys ? await otherJourneys(tx, reading) : [],
  };
}

async function countDid(tx: Tx, { reading, graph, zone }: EffectContext, test: DidTest): Promise<number> {
  const types = expandEvent(test);
  const of = test.of === undefined ? null : stepsOf(test.of, graph);
  const since = test.within === undefined ? null : new Date(sinceInstant(test.within, reading.at, zone));
  const fromTurn = test.since === 'entry' ? reading.mark : -1n;
  const events = await tx.$queryRaw<{ type: string; properties: Record<string, Json> }[]>`
    select ev.type, ev.properties from event ev left join send s on s.id = ev.send_id
    where ev.contact_id = ${reading.contactId}::uuid and ev.turn > ${fromTurn} and ev.type = any(${types})
      ${since === null ? Prisma.empty : Prisma.sql`and ev.received_at >= ${since}`}
      ${of === null ? Prisma.empty : Prisma.sql`and s.enrollment_id = ${reading.enrollmentId}::uuid and s.step_id = any(${of})`}`;
  return events.filter((event) => isBehaviour({ types, where: test.where ?? null }, event)).length;
}

/** `journey` stands for every message of the journey. */
function stepsOf(of: string | string[], graph: Graph): string[] {
  const named = [of].flat();
  if (!named.includes('journey')) return named;
  return Object.values(graph.steps).flatMap((step) => (step.kind === 'email' ? [step.id] : []));
}

async function otherJourneys(tx: Tx, { contactId, enrollmentId }: Reading): Promise<Facts['journeys']> {
  const rows = await tx.enrollment.findMany({
    where: { contactId, id: { not: enrollmentId } },
    select: { journeyKey: true, status: true },
  });
  return rows.map((row) => ({ journey: row.journeyKey, status: row.status === 'finished' ? 'finished' : 'active' }));
}
