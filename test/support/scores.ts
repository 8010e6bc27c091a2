import type { Db } from '../../prisma/client';
import { publishScoreModel } from '../../prisma/stores/score-model-versions';
import { saveScoreModel } from '../../prisma/stores/score-model';
import { readScoreInputs } from '../../prisma/stores/scores/inputs';
import { readModelNow } from '../../prisma/stores/scores/model';
import { columnsOf } from '../../workflows/domain/scoring/columns';
import { replayScore } from '../../workflows/domain/scoring/replay';

/** Publishes a score model from its YAML. Answers the version's id. */
export async function publishedModel(db: Db, source: string): Promise<string> {
  const saved = await saveScoreModel(db, { source });
  if (saved.kind !== 'saved') throw new Error(JSON.stringify(saved));
  const published = await publishScoreModel(db);
  if (published?.kind !== 'published') throw new Error(JSON.stringify(published));
  return published.version.id;
}

/** A contact's ledger, first to last: `rule points` in short. */
export async function ledgerOf(db: Db, contactId: string): Promise<string[]> {
  const rows = await db.scoreEntry.findMany({ where: { contactId }, orderBy: [{ at: 'asc' }, { id: 'asc' }] });
  return rows.map(({ kind, rule, points }) => `${kind} ${rule} ${points}`);
}

/** Crossings that were told, first to last. */
export async function toldOf(db: Db, contactId: string): Promise<string[]> {
  const rows = await db.event.findMany({
    where: { keys: { has: `contact:${contactId}` }, type: { startsWith: 'score.' } },
    orderBy: { seq: 'asc' },
  });
  return rows.map(({ type, properties }) => {
    const { from, to, threshold, direction } = properties as Record<string, string | number | undefined>;
    return [type.slice('score.'.length), from, to, threshold, direction].filter((part) => part !== undefined).join(' ');
  });
}

/** What is stored of a score, and what a count from scratch makes of what happened: they are to be the same. */
export async function bothWays(db: Db, contactId: string): Promise<{ stored: unknown; counted: unknown }> {
  const now = await readModelNow(db);
  const row = await db.scoreState.findUniqueOrThrow({ where: { contactId } });
  const inputs = (await readScoreInputs(db, [contactId], { ...now, fit: true })).get(contactId) ?? [];
  const { state, entries } = replayScore(now.model, inputs, row.asOf.getTime());
  const written = await db.scoreEntry.findMany({
    where: { contactId, kind: { in: ['rule', 'silence', 'reset'] } },
    orderBy: [{ at: 'asc' }, { id: 'asc' }],
  });
  const { asOf: _, ...columns } = columnsOf(state, row.asOf.getTime());
  const { fit, engagement, decaying, blocked, tier } = row;
  return {
    stored: {
      ...{ fit, engagement, decaying, blocked, tier, state: row.state },
      entries: written.map(({ rule, points, at }) => [rule, points, at.getTime()]),
    },
    counted: {
      ...columns,
      state: JSON.parse(JSON.stringify(state)) as unknown,
      entries: entries.map(({ rule, points, at }) => [rule, points, at]),
    },
  };
}

/** In another order, the same for the same seed. */
export function shuffled<T>(values: readonly T[], seed: number): T[] {
  let state = seed * 2_654_435_761;
  const next = () => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
  return values
    .map((value) => ({ value, place: next() }))
    .sort((a, b) => a.place - b.place)
    .map(({ value }) => value);
}
