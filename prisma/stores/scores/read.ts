import { noScore, type ScoreNow } from '../../../workflows/domain/scoring/now';
import { scoreFrom, type ScoreColumns } from '../../../workflows/domain/scoring/columns';
import type { DbOrTx } from '../../client';

/** Scores at an instant (epoch milliseconds, now unless told otherwise), what decays at its worth then. */
export async function readScores(
  db: DbOrTx,
  contactIds: readonly string[],
  at = Date.now(),
): Promise<Map<string, ScoreNow>> {
  const rows = await db.$queryRaw<(ScoreColumns & { contactId: string })[]>`
    select contact_id as "contactId", fit, engagement, decaying, blocked, tier,
           (extract(epoch from as_of) * 1000)::float8 as "asOf"
    from score_state where contact_id = any(${contactIds}::uuid[])`;
  const known = new Map(rows.map(({ contactId, ...columns }) => [contactId, scoreFrom(columns, at)]));
  return new Map(contactIds.map((id) => [id, known.get(id) ?? noScore]));
}
