import type { Db } from '../../prisma/client';
import { keyOwners, type ImportRow } from '../../prisma/stores/imports';
import type { Job, JobRefused } from '../../prisma/stores/jobs';
import type { ImportInput } from '../../workflows/contract/import';
import { RowPeople } from '../../workflows/domain/importing/meet';
import type { PersonOfRow } from '../../workflows/domain/importing/row';
import { readFileRow } from './import-event';

/** Pairs of people that are kept with the job, for duplicates to show. */
const PAIRS = 500;

export interface RowOfPerson {
  line: number;
  person: PersonOfRow;
  keys: string[];
  /** Nobody has its keys, nor had a row before. */
  isNew: boolean;
}

export interface RowsRead {
  people: RowOfPerson[];
  refused: JobRefused[];
  /** Ids of two people whom one row names. */
  pairs: [string, string][];
}

/**
 * What these rows come to. Two people in one row are refused: it would be told of one, with what is the other's.
 * `waiting` are the keys of rows before that the pump has not come to.
 */
export async function readFileRows(
  db: Db,
  rows: readonly ImportRow[],
  { input, waiting = [] }: { input: ImportInput; waiting?: readonly string[][] },
): Promise<RowsRead> {
  const read = rows.map(({ line, row }) => ({ line, read: readFileRow(row, input) }));
  const own = read.flatMap(({ read: it }) => (it.kind === 'person' ? it.keys : []));
  const known = new RowPeople(await keyOwners(db, [...new Set([...own, ...waiting.flat()])]));
  for (const keys of waiting) known.meet(keys);
  const found: RowsRead = { people: [], refused: [], pairs: [] };
  for (const { line, read: it } of read) {
    if (it.kind === 'refused') found.refused.push({ subject: String(line), reason: it.reason });
    else meet(known, { line, ...it }, found);
  }
  return found;
}

function meet(known: RowPeople, row: Omit<RowOfPerson, 'isNew'>, found: RowsRead): void {
  const met = known.meet(row.keys);
  if (met.kind !== 'two') {
    const { line, person, keys } = row;
    found.people.push({ line, person, keys, isNew: met.kind === 'new' });
    return;
  }
  if (met.ids) found.pairs.push(met.ids);
  const where = met.ids ? 'see duplicates' : 'see the rows before it';
  found.refused.push({ subject: String(row.line), reason: `Its id and its address are of two people: ${where}.` });
}

/** The pairs of the job so far, and these. */
export function pairsOf({ result }: Job, pairs: readonly [string, string][]): { twoPeople?: string[][] } {
  const before = Array.isArray(result?.twoPeople) ? (result.twoPeople as string[][]) : []; // written here alone
  const all = new Map([...before, ...pairs].map((pair) => [[...pair].sort().join(), [...pair]]));
  return all.size === 0 ? {} : { twoPeople: [...all.values()].slice(0, PAIRS) };
}
