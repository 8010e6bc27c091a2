import { newScore } from '../../../workflows/domain/scoring/new-score';
import { nextCheckAt } from '../../../workflows/domain/scoring/next-check';
import type { MarkOf, ScoreInput, ScoreState } from '../../../workflows/domain/scoring/state';
import { countAnew, difference, openTally, stateAt, type Tally } from '../../../workflows/domain/scoring/tally';
import type { DbOrTx, Tx } from '../../client';
import { readProfiles, type ProfileRow } from '../pump/contacts';
import { beyond, type Budget } from './budget';
import { readScoreInputs } from './inputs';
import { writeLedger } from './ledger';
import type { ModelNow } from './model';
import { askCount, beforeOf, readScoreStates, writeScoreStates, type StateRow } from './states';

/** Somebody whose score is to be counted. */
export interface ToCount {
  contactId: string;
  /** Up to when time has passed, epoch milliseconds. */
  at: number;
  /** Something may come that belongs before what is counted. */
  late?: (state: ScoreState) => boolean;
}

/** Others wait for what is counted here. */
export interface Budgeted {
  contacts: readonly ToCount[];
  budget: Budget;
}

/**
 * Why all was counted again: records came together, something late was put off, the state is of another model, or
 * nothing was ever counted. Of a model's change nothing is told, unless its publishing asks for it: a storm would come
 * of it.
 */
export type Anew = 'stale' | 'late' | 'model' | 'unknown';

export interface OpenedTally {
  tally: Tally;
  anew: Anew | null;
  /** The difference that counting anew made, as far as it is to be told. */
  net: MarkOf[];
  /**
   * Where another model alone leads: of that much nothing is told, and watched conditions that it turns are turned in
   * silence too. Null where all is told.
   */
  settled: ScoreState | null;
}

/**
 * The scores of these contacts, ready to be counted on by the model: under their locks, in a number of statements that
 * does not depend on how many they are. What is out of date is counted anew from what happened. With a `budget` only as
 * far as that goes: the others are left to the sweep, and what cannot wait for it counts meanwhile (see `Recount`).
 */
export async function openTallies(
  tx: DbOrTx,
  now: ModelNow,
  wanted: readonly ToCount[] | Budgeted,
): Promise<Map<string, OpenedTally>> {
  const { contacts, budget } = 'budget' in wanted ? wanted : { contacts: wanted, budget: null };
  const rows = await readScoreStates(tx, idsOf(contacts));
  const all = contacts.map((one) => ({ ...one, row: rows.get(one.contactId) }));
  const [fresh, outdated] = partition(all, ({ row }) => whyAnew(row, now) === null);
  const [late, punctual] = partition(fresh, ({ row, late: isLate }) => isLate?.(stateOf(row)) === true);
  const many = budget ? await beyond(tx, idsOf([...late, ...outdated]), { types: now.types, budget }) : new Set();
  const fits = ({ contactId }: ToCount) => !many.has(contactId);
  const inputs = await readScoreInputs(tx, idsOf(late.filter(fits)), { ...now, fit: true });
  return new Map([
    ...punctual.map((one) => [one.contactId, openAs(one, null, null)] as const),
    ...late.map((one) => [one.contactId, openAs(one, inputs.get(one.contactId) ?? null, null)] as const),
    ...outdated.flatMap((one) => (fits(one) ? [] : [[one.contactId, openAs(one, null, now)] as const])),
    ...(await countAllAnew(tx, now, outdated.filter(fits))),
  ]);
}

/** As it is stored; `outdated` by this model where it should be counted anew first and is not. */
function openAs({ row }: WithRow, inputs: ScoreInput[] | null, outdated: ModelNow | null): OpenedTally {
  const tally = openTally(stateOf(row), inputs);
  const why = outdated === null ? null : whyAnew(row, outdated);
  tally.marksSince = row?.marksSince ?? -Infinity;
  tally.recount = why === 'model' || why === 'unknown' ? 'all' : why;
  tally.touched = why !== null;
  return { tally, anew: null, net: [], settled: null };
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
  const [left, counted] = partition(touched, ({ tally }) => tally.recount === 'all');
  const later = Date.now() + RECOUNT_MS;
  await askCount(tx, idsOf(left), later);
  await writeLedger(
    tx,
    counted.map((one) => ({ ...one, modelNumber: now.number })),
  );
  await writeScoreStates(
    tx,
    counted.map(({ contactId, tally: { state, recount, marksSince } }) => {
      const dueAt = recount === null ? nextCheckAt(now.model, state) : later;
      return { contactId, modelId: now.id, state, nextCheckAt: dueAt, recount, marksSince };
    }),
    { checked },
  );
}

/** What is left to the sweep waits so long at most: whatever comes late meanwhile is counted together. */
const RECOUNT_MS = 30_000;

type WithRow = ToCount & { row: StateRow | undefined };

function whyAnew(row: StateRow | undefined, { id }: ModelNow): Anew | null {
  if (!row || row.state === null) return 'unknown';
  if (row.stale) return 'stale';
  if (row.modelId !== id) return 'model';
  return row.late ? 'late' : null;
}

function stateOf(row: StateRow | undefined): ScoreState {
  return row?.state ?? newScore();
}

async function countAllAnew(
  tx: DbOrTx,
  now: ModelNow,
  contacts: readonly WithRow[],
): Promise<(readonly [string, OpenedTally])[]> {
  const [late, others] = partition(contacts, ({ row }) => whyAnew(row, now) === 'late');
  const known = await readScoreInputs(tx, idsOf(late), { ...now, fit: true });
  const inputs = await readScoreInputs(tx, idsOf(others), { ...now, fit: false });
  const profiles = new Map((await readProfiles(tx, idsOf(others))).map((row) => [row.id, row]));
  return [
    ...late.map((one) => [one.contactId, countOne(now, one, known.get(one.contactId) ?? [])] as const),
    ...others.map((one) => {
      const own = inputs.get(one.contactId) ?? [];
      const profile = profiles.get(one.contactId);
      if (profile) own.unshift(fitOf(profile, own));
      return [one.contactId, countOne(now, { ...one, isNew: isNewerThan(now, profile) }, own)] as const;
    }),
  ];
}

/** Fit is judged by the fields as they are, as though they had been so from the start. */
function fitOf({ createdAt, fields, traits }: ProfileRow, inputs: readonly ScoreInput[]): ScoreInput {
  const at = Math.min(createdAt.getTime(), inputs[0]?.at ?? Infinity);
  return { kind: 'fields', at, contact: { ...fields, traits } };
}

/** Nobody can have counted them by another model: even the first count is told. */
function isNewerThan({ createdAt }: ModelNow, profile: ProfileRow | undefined): boolean {
  return profile !== undefined && createdAt !== null && profile.createdAt >= createdAt;
}

function countOne(
  now: ModelNow,
  { at, row, isNew = false }: WithRow & { isNew?: boolean },
  inputs: ScoreInput[],
): OpenedTally {
  const anew = whyAnew(row, now);
  const tally = openTally(newScore(), inputs);
  tally.marksSince = row?.marksSince ?? -Infinity;
  const to = Math.max(at, inputs.at(-1)?.at ?? at, row?.state?.asOf ?? at);
  // Crossings that another model noted are history.
  const marksFrom = anew === 'model' || tally.marksSince > -Infinity ? null : -Infinity;
  const rewrite = { from: -Infinity, fit: anew !== 'late', marksFrom };
  const net = countAnew(tally, now.model, { inputs, to, before: beforeOf(row), rewrite });
  if (now.tell || (anew !== 'model' && (anew !== 'unknown' || isNew))) return { tally, anew, net, settled: null };
  const settled = row?.late ? settledBefore(now, { row, inputs, to }) : tally.state;
  return { tally, anew, net: difference(settled, tally.state, to), settled };
}

/** Where they were by this model when something happened that was left to be counted: from there on all is told. */
function settledBefore(
  { model, createdAt }: ModelNow,
  { row, inputs, to }: { row: StateRow; inputs: readonly ScoreInput[]; to: number },
): ScoreState {
  const from = row.state?.asOf ?? createdAt?.getTime() ?? -Infinity;
  const first = inputs.find(({ at }) => at > from);
  return stateAt(model, first ? inputs.slice(0, inputs.indexOf(first)) : inputs, first?.at ?? to);
}

function idsOf(contacts: readonly { contactId: string }[]): string[] {
  return contacts.map(({ contactId }) => contactId);
}

function partition<T>(values: readonly T[], test: (value: T) => boolean): [T[], T[]] {
  return [values.filter(test), values.filter((value) => !test(value))];
}
