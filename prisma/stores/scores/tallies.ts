import { newScore } from '../../../workflows/domain/scoring/new-score';
import { nextCheckAt } from '../../../workflows/domain/scoring/next-check';
import type { MarkOf, ScoreInput, ScoreState } from '../../../workflows/domain/scoring/state';
import { countAnew, openTally, type Tally } from '../../../workflows/domain/scoring/tally';
import type { DbOrTx, Tx } from '../../client';
import { readProfiles } from '../pump/contacts';
import { isCut, readScoreInputs } from './inputs';
import { writeLedger } from './ledger';
import type { ModelNow } from './model';
import { beforeOf, readScoreStates, writeScoreStates, type StateRow } from './states';

/** Somebody whose score is to be counted. */
export interface ToCount {
  contactId: string;
  /** Up to when time has passed, epoch milliseconds. */
  at: number;
  /** Something may come that belongs before what is counted. */
  late?: (state: ScoreState) => boolean;
}

/**
 * Why all was counted again: records came together, the state is of another model, or nothing was ever counted. Of a
 * model's change nothing is told, unless its publishing asks for it: a storm would come of it.
 */
export type Anew = 'stale' | 'model' | 'unknown';

export interface OpenedTally {
  tally: Tally;
  anew: Anew | null;
  /** The difference that counting anew made, as far as it is to be told. */
  net: MarkOf[];
  /** Nothing of that difference is told: watched conditions that it turns are turned in silence too. */
  silent: boolean;
}

/**
 * The scores of these contacts, ready to be counted on by the model: under their locks, in a number of statements that
 * does not depend on how many they are. What is out of date is counted anew from what happened.
 */
export async function openTallies(
  tx: DbOrTx,
  now: ModelNow,
  wanted: readonly ToCount[],
): Promise<Map<string, OpenedTally>> {
  const rows = await readScoreStates(
    tx,
    wanted.map(({ contactId }) => contactId),
  );
  const all = wanted.map((one) => ({ ...one, row: rows.get(one.contactId) }));
  const fresh = all.filter(({ row }) => whyAnew(row, now) === null);
  const [late, punctual] = partition(fresh, ({ row, late: isLate }) => isLate?.(stateOf(row)) === true);
  const inputs = await readScoreInputs(tx, idsOf(late), { types: now.types, fit: true });
  const counted = await countAllAnew(
    tx,
    now,
    all.filter(({ row }) => whyAnew(row, now) !== null),
  );
  const open = (row: StateRow | undefined, own: ScoreInput[] | null): OpenedTally => ({
    ...{ tally: openTally(stateOf(row), own), anew: null, net: [], silent: false },
  });
  return new Map([
    ...punctual.map(({ contactId, row }) => [contactId, open(row, null)] as const),
    ...late.map(({ contactId, row }) => {
      const own = inputs.get(contactId) ?? [];
      return [contactId, isCut(own) ? countCut(now, row, own) : open(row, own)] as const;
    }),
    ...counted,
  ]);
}

/** Of what is left out nothing may stay in the ledger: its rules would count a second time. */
function countCut(now: ModelNow, row: StateRow | undefined, inputs: ScoreInput[]): OpenedTally {
  const before = stateOf(row);
  const tally = openTally(newScore(), inputs);
  const rewrite = { from: -Infinity, fit: false, marks: true };
  const to = before.asOf ?? inputs.at(-1)?.at ?? 0;
  const net = countAnew(tally, now.model, { inputs, to, before: beforeOf(row), rewrite });
  return { tally, anew: null, net, silent: false };
}

export interface CountedTally {
  contactId: string;
  tally: Tally;
}

/** Writes what was counted, under the contacts' locks. */
export function writeTallies(tx: Tx, now: ModelNow, tallies: readonly CountedTally[]): Promise<void> {
  return write(tx, now, { tallies, checked: false });
}

/** Writes what time has changed, if anything: until the next check nobody needs to look. */
export function writeChecked(tx: Tx, now: ModelNow, tallies: readonly CountedTally[]): Promise<void> {
  return write(tx, now, { tallies, checked: true });
}

async function write(
  tx: Tx,
  now: ModelNow,
  { tallies, checked }: { tallies: readonly CountedTally[]; checked: boolean },
): Promise<void> {
  const touched = tallies.filter(({ tally }) => tally.touched);
  await writeLedger(
    tx,
    touched.map((one) => ({ ...one, modelNumber: now.number })),
  );
  await writeScoreStates(
    tx,
    touched.map(({ contactId, tally: { state, stale } }) => {
      // What is stale is due at once.
      const dueAt = stale ? (state.asOf ?? 0) : nextCheckAt(now.model, state);
      return { contactId, modelId: now.id, state, nextCheckAt: dueAt, stale };
    }),
    { checked },
  );
}

type WithRow = ToCount & { row: StateRow | undefined };

function whyAnew(row: StateRow | undefined, { id }: ModelNow): Anew | null {
  if (!row || row.state === null) return 'unknown';
  if (row.stale) return 'stale';
  return row.modelId === id ? null : 'model';
}

function stateOf(row: StateRow | undefined): ScoreState {
  return row?.state ?? newScore();
}

/** Fit is judged by the fields as they are, as though they had been so from the start. */
async function countAllAnew(
  tx: DbOrTx,
  now: ModelNow,
  contacts: readonly WithRow[],
): Promise<(readonly [string, OpenedTally])[]> {
  if (contacts.length === 0) return [];
  const inputs = await readScoreInputs(tx, idsOf(contacts), { types: now.types, fit: false });
  const profiles = new Map((await readProfiles(tx, idsOf(contacts))).map((row) => [row.id, row]));
  return contacts.map(({ contactId, at, row }) => {
    const own = inputs.get(contactId) ?? [];
    const profile = profiles.get(contactId);
    if (profile) {
      const since = Math.min(profile.createdAt.getTime(), own[0]?.at ?? Infinity);
      own.unshift({ kind: 'fields', at: since, contact: { ...profile.fields, traits: profile.traits } });
    }
    const anew = whyAnew(row, now);
    const tally = openTally(newScore(), own);
    const to = Math.max(at, own.at(-1)?.at ?? at);
    const rewrite = { from: -Infinity, fit: true, marks: anew !== 'model' };
    const net = countAnew(tally, now.model, { inputs: own, to, before: beforeOf(row), rewrite });
    const silent = anew !== 'stale' && !now.tell;
    return [contactId, { tally, anew, net: silent ? [] : net, silent }] as const;
  });
}

function idsOf(contacts: readonly ToCount[]): string[] {
  return contacts.map(({ contactId }) => contactId);
}

function partition<T>(values: readonly T[], test: (value: T) => boolean): [T[], T[]] {
  return [values.filter(test), values.filter((value) => !test(value))];
}
