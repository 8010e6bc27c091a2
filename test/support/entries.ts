import type { JsonObject } from '../../workflows/domain/json';
import type { Db } from '../../prisma/client';
import { happening } from './pump';

/** A journey of one week's rest; `more` holds its entries and rules. */
export const restingJourney = (key: string, more: string) => `
journey: ${key}
explain: Whoever comes gets nothing but a week of rest.
topic: education
${more}
steps:
  - { id: week, kind: wait, for: 7 days }
  - { id: done, kind: exit, outcome: done }
`;

/** Journeys entered, in the order of entering. */
export async function runsOf(db: Db, key?: string): Promise<string[]> {
  const where = key === undefined ? {} : { journeyKey: key };
  const rows = await db.enrollment.findMany({ where, orderBy: [{ entryTurn: 'asc' }, { id: 'asc' }] });
  return rows.map(({ journeyKey }) => journeyKey);
}

/** Ends all runs, as if their workflows had come to the end then. */
export function endRuns(db: Db, endedAt: Date) {
  return db.enrollment.updateMany({ data: { status: 'finished', outcome: 'done', endedAt } });
}

export const form = (properties: JsonObject = {}, more = {}) => happening('form.submitted', { properties, ...more });
export const inDays = (days: number) => new Date(Date.now() + days * 86_400_000);
