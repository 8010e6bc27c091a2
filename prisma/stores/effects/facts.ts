import type { Condition, Facts } from '../../../workflows/domain/conditions/condition';
import { evaluate, type Verdict } from '../../../workflows/domain/conditions/evaluate';
import { needsOf, segmentsNamed } from '../../../workflows/domain/conditions/needs';
import { builtInSegments } from '../../../workflows/domain/conditions/segments';
import type { Tx } from '../../client';
import { readLastMails, readOptOuts } from '../pump/condition-facts';
import { readScoresNow } from '../scores/read-now';
import { readSegments } from '../saved-segments';
import type { EffectContext } from './context';
import { countDid } from './did-counts';
import { readFields } from './fields';
import type { Reading } from './reading';
import { noScore } from '../../../workflows/domain/scoring/now';

/** Evaluates conditions for an enrollment's contact, as things stand under the lock; in order, each with its verdict. */
export async function evaluateAll(
  tx: Tx,
  context: EffectContext,
  conditions: readonly Condition[],
): Promise<Verdict[]> {
  const facts = await readFacts(tx, context, conditions);
  return conditions.map((condition) => evaluate(condition, facts));
}

/** What is asked for is read, a statement for each kind of fact. */
async function readFacts(tx: Tx, context: EffectContext, conditions: readonly Condition[]): Promise<Facts> {
  const { reading, settings } = context;
  const { contactId } = reading;
  const segments = asksForSaved(conditions) ? await readSegments(tx, settings.eventGroups) : {};
  const needs = needsOf(conditions, segments);
  const score = needs.score ? (await readScoresNow(tx, [contactId], reading.at)).get(contactId) : undefined;
  const optOuts = needs.consent ? await readOptOuts(tx, [contactId]) : [];
  return {
    contact: await readFields(tx, contactId),
    properties: reading.entry,
    did: await countDid(tx, context, needs.did),
    journeys: needs.journeys ? await otherJourneys(tx, reading) : [],
    score: score ?? noScore,
    mails: needs.mails === 0 ? [] : await readLastMails(tx, [contactId], needs.mails),
    optOuts: optOuts.map(({ scope }) => scope),
    openHandoff: false,
    segments,
  };
}

function asksForSaved(conditions: readonly Condition[]): boolean {
  return segmentsNamed(conditions).some((key) => !Object.hasOwn(builtInSegments, key));
}

/** Who is to leave is as good as gone. */
async function otherJourneys(tx: Tx, { contactId, enrollmentId }: Reading): Promise<Facts['journeys']> {
  const rows = await tx.enrollment.findMany({
    where: { contactId, id: { not: enrollmentId } },
    select: { journeyKey: true, status: true, leaving: true },
  });
  return rows.map(({ journeyKey: journey, status, leaving }) => ({
    journey,
    status: status === 'finished' || leaving !== null ? 'finished' : 'active',
  }));
}
