import { noScore, plainScore, type ScoreNow } from '../../workflows/domain/scoring/now';
import type { DbOrTx, Tx } from '../client';

export interface ScoreInsert {
  id: string;
  contactId: string;
  axis: 'fit' | 'engagement';
  /** What gives the points. */
  rule: string;
  points: number;
  /** Epoch milliseconds. */
  at: number;
  enrollmentId: string | null;
  visit: number | null;
  journeyKey: string | null;
}

/** Adds to the ledger, under the contacts' locks; a visit gives points once. */
export async function insertScoreEntries(tx: Tx, entries: readonly ScoreInsert[]): Promise<void> {
  if (entries.length === 0) return;
  const rows = JSON.stringify(entries.map((row) => ({ ...row, at: new Date(row.at).toISOString() })));
  await tx.$executeRaw`
    insert into score_entry (id, contact_id, axis, rule, points, at, enrollment_id, visit, journey_key)
    select id, "contactId", axis, rule, points, at, "enrollmentId", visit, "journeyKey"
    from jsonb_to_recordset(${rows}::jsonb) as x(id uuid, "contactId" uuid, axis text, rule text, points int,
      at timestamptz, "enrollmentId" uuid, visit int, "journeyKey" text)
    on conflict (enrollment_id, visit) do nothing`;
}

/** Sums of each contact's points; who has none is 0 on both axes. */
export async function readScores(db: DbOrTx, contactIds: readonly string[]): Promise<Map<string, ScoreNow>> {
  const rows = await db.$queryRaw<{ contactId: string; fit: number; engagement: number }[]>`
    select contact_id as "contactId",
      coalesce(sum(points) filter (where axis = 'fit'), 0)::int as fit,
      coalesce(sum(points) filter (where axis = 'engagement'), 0)::int as engagement
    from score_entry where contact_id = any(${contactIds}::uuid[]) group by contact_id`;
  const sums = new Map(rows.map(({ contactId, fit, engagement }) => [contactId, plainScore(fit, engagement)]));
  return new Map(contactIds.map((id) => [id, sums.get(id) ?? noScore]));
}

export interface Contribution {
  rule: string;
  points: number;
  at: Date;
}

/** The newest entries of a contact's ledger. */
export function readContributions(db: DbOrTx, contactId: string, limit: number): Promise<Contribution[]> {
  return db.scoreEntry.findMany({
    where: { contactId },
    select: { rule: true, points: true, at: true },
    orderBy: [{ at: 'desc' }, { id: 'desc' }],
    take: limit,
  });
}
