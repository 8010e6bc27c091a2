import type { Tx } from '../../prisma/client';
import { readKnown, type KnownContact } from '../../prisma/stores/known';
import { keepWatches, readMembers, writeTurns } from '../../prisma/stores/pump/watches';
import { readScores } from '../../prisma/stores/scores/read';
import { settleUnsettled, unsettled } from '../../prisma/stores/settling';
import { needsOf } from '../../workflows/domain/conditions/needs';
import { turnedSilently } from '../../workflows/domain/entries/silent-turns';
import type { ScoreNow } from '../../workflows/domain/scoring/now';
import type { WatchNow } from './fold/subject';
import { readRules, type RulesNow, type Versions } from './rules';

/** Kept in this process. */
const versions: Versions = new Map();

/**
 * Whose scores another model alone has changed are where that leads them, and nobody is told. `before` are their scores
 * as they read until then, at that instant (epoch milliseconds). To be called under their locks, once the new ones are
 * written.
 */
export async function turnSilently(
  tx: Tx,
  { before, at }: { before: ReadonlyMap<string, ScoreNow>; at: number },
): Promise<void> {
  const ids = await changedOf(tx, before, at);
  if (ids.length === 0) return;
  const rules = await readRules(tx, versions, []);
  const watches = rules.watches.filter(({ triggers }) => triggers.scores);
  if (watches.length === 0) return;
  const known = await readForWatches(tx, ids, { rules, watches, at });
  const seen = known.map((now) => ({ before: { ...now, score: before.get(now.id) ?? now.score }, now }));
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

async function changedOf(tx: Tx, before: ReadonlyMap<string, ScoreNow>, at: number): Promise<string[]> {
  if (before.size === 0) return [];
  const now = await readScores(tx, [...before.keys()], at);
  return [...before].flatMap(([id, was]) => {
    const is = now.get(id) ?? was;
    return is.total === was.total && is.fit === was.fit && is.tier === was.tier && is.engagement === was.engagement
      ? []
      : [id];
  });
}
