import type { Tx } from '../../prisma/client';
import { readKnown, type KnownContact } from '../../prisma/stores/known';
import { keepWatches, readMembers, writeTurns } from '../../prisma/stores/pump/watches';
import { readScores } from '../../prisma/stores/scores/read';
import type { OpenedTally } from '../../prisma/stores/scores/tallies';
import { settleUnsettled, unsettled } from '../../prisma/stores/settling';
import { needsOf } from '../../workflows/domain/conditions/needs';
import { turnedSilently } from '../../workflows/domain/entries/silent-turns';
import { columnsOf, scoreFrom } from '../../workflows/domain/scoring/columns';
import { noScore, type ScoreNow } from '../../workflows/domain/scoring/now';
import type { WatchNow } from './fold/subject';
import { readRules, type RulesNow, type Versions } from './rules';

/** Kept in this process. */
const versions: Versions = new Map();

/**
 * Whose scores another model alone has changed are where that leads them, and nobody is told. At that instant (epoch
 * milliseconds); to be called under their locks, before the new ones are written.
 */
export async function turnSilently(
  tx: Tx,
  { opened, at }: { opened: ReadonlyMap<string, Pick<OpenedTally, 'settled'>>; at: number },
): Promise<void> {
  const moves = await movesOf(tx, opened, at);
  if (moves.size === 0) return;
  const rules = await readRules(tx, versions, []);
  const watches = rules.watches.filter(({ triggers }) => triggers.scores);
  if (watches.length === 0) return;
  const known = await readForWatches(tx, [...moves.keys()], { rules, watches, at });
  const seen = known.map((one) => {
    const { before, after } = moves.get(one.id) ?? { before: one.score, after: one.score };
    return { before: { ...one, score: before }, now: { ...one, score: after } };
  });
  await writeSilently(tx, seen, { rules, watches, at });
}

/**
 * Brings those among these locked contacts who were never settled into declared forms, and into what is watched.
 * Nobody is told: who is read in another way has done nothing.
 */
export async function settleSilently(tx: Tx, contactIds: readonly string[]): Promise<void> {
  const ids = await unsettled(tx, contactIds);
  if (ids.length === 0) return;
  const at = Date.now();
  const rules = await readRules(tx, versions, []);
  const { watches } = rules;
  const before = new Map((await readForWatches(tx, ids, { rules, watches, at })).map((one) => [one.id, one]));
  await settleUnsettled(tx, ids);
  const now = await readForWatches(tx, ids, { rules, watches, at });
  const seen = now.map((one) => ({ before: before.get(one.id) ?? one, now: one }));
  await writeSilently(tx, seen, { rules, watches, at });
}

interface Asking {
  rules: RulesNow;
  watches: readonly WatchNow[];
  /** Epoch milliseconds. */
  at: number;
}

function readForWatches(tx: Tx, ids: readonly string[], { rules, watches, at }: Asking): Promise<KnownContact[]> {
  const needs = needsOf(
    watches.map(({ condition }) => condition),
    rules.segments,
  );
  return readKnown(tx, ids, { needs, at });
}

async function writeSilently(
  tx: Tx,
  seen: readonly { before: KnownContact; now: KnownContact }[],
  { rules: { segments, defaultZone }, watches, at }: Asking,
): Promise<void> {
  const kept = await keepWatches(tx, watches);
  const members = await readMembers(
    tx,
    seen.map(({ now }) => now.id),
  );
  const turns = seen.flatMap((one) => {
    const contactId = one.now.id;
    const member = new Set(members.flatMap((row) => (row.contactId === contactId ? row.key : [])));
    const turned = turnedSilently(watches, { ...one, member }, { segments, defaultZone, at, properties: {} });
    return turned.map((turn) => ({ ...turn, contactId, at }));
  });
  await writeTurns(
    tx,
    turns.filter(({ key }) => kept.has(key)),
  );
}

interface Move {
  before: ScoreNow;
  after: ScoreNow;
}

async function movesOf(
  tx: Tx,
  opened: ReadonlyMap<string, Pick<OpenedTally, 'settled'>>,
  at: number,
): Promise<Map<string, Move>> {
  const settled = [...opened].flatMap(([id, one]) => (one.settled ? { id, state: one.settled } : []));
  if (settled.length === 0) return new Map();
  const scores = await readScores(
    tx,
    settled.map(({ id }) => id),
    at,
  );
  const moves = settled.map(({ id, state }) => {
    const after = scoreFrom(columnsOf(state, state.asOf ?? at), at);
    return [id, { before: scores.get(id) ?? noScore, after }] as const;
  });
  return new Map(moves.filter(([, { before, after }]) => !isSame(before, after)));
}

function isSame(one: ScoreNow, other: ScoreNow): boolean {
  const { total, fit, tier, engagement } = one;
  return total === other.total && fit === other.fit && tier === other.tier && engagement === other.engagement;
}
