import type { Tx } from '../../prisma/client';
import { readKnown } from '../../prisma/stores/known';
import { keepWatches, readMembers, writeTurns } from '../../prisma/stores/pump/watches';
import { readScores } from '../../prisma/stores/scores/read';
import { needsOf } from '../../workflows/domain/conditions/needs';
import { turnedByCount } from '../../workflows/domain/entries/silent-turns';
import type { ScoreNow } from '../../workflows/domain/scoring/now';
import { contactZone } from '../../workflows/domain/timing/zone';
import { readRules, type Versions } from './rules';

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
  const { watches, segments, defaultZone } = await readRules(tx, versions, []);
  const asking = watches.filter(({ triggers }) => triggers.scores);
  if (asking.length === 0) return;
  const kept = await keepWatches(tx, asking);
  const needs = needsOf(
    asking.map(({ condition }) => condition),
    segments,
  );
  const known = await readKnown(tx, ids, { needs, at });
  const members = await readMembers(tx, ids);
  const turns = known.flatMap((contact) => {
    const { id, score } = contact;
    const member = new Set(members.flatMap(({ contactId, key }) => (contactId === id ? key : [])));
    const moment = { segments, properties: {}, at, zone: contactZone(contact.contact, defaultZone) };
    const recounted = { known: { ...contact, score: before.get(id) ?? score }, score, member };
    return turnedByCount(asking, recounted, moment).map((turn) => ({ ...turn, contactId: id, at }));
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
