import type { Json, JsonObject } from '../json';
import { isPlaceholderId } from '../people/placeholder-ids';
import { targetOf, type Mapping, type Target } from './columns';
import { readWord, textOf, type ConsentOfFile, type OptOutOfRow } from './word';

/** A row of a file as it waits to be taken in. With a fault it only waits to be shown. */
export type StagedRow =
  { cells: string[]; fault?: string } | { object: JsonObject; fault?: string } | { text: string; fault: string };

export interface FilePlan {
  /** Columns of a CSV file; null where each row names its own. */
  header: readonly string[] | null;
  mapping: Mapping;
  /** Who is in it is to be written to: each row needs a consent. */
  marketing: boolean;
  consent: ConsentOfFile;
  /** Topics of the settings. */
  topics: readonly string[];
  /** When the file was handed in: nobody agreed later. Epoch milliseconds. */
  at: number;
}

/** What a row says of one person. The address is as it was given. */
export interface PersonOfRow {
  email: string | null;
  externalId: string | null;
  traits: JsonObject;
  consent: JsonObject | null;
  optOut: OptOutOfRow | null;
}

export type RowRead = { kind: 'person'; person: PersonOfRow } | { kind: 'refused'; reason: string };

/** What a row comes to. A cell without anything says nothing. */
export function readRow(row: StagedRow, plan: FilePlan): RowRead {
  if (row.fault !== undefined) return refused(row.fault);
  const said = new Map<Target, Json>();
  for (const [column, value] of columnsOf(row, plan)) {
    const target = targetOf(column, plan.mapping);
    if (target !== 'skip' && !isEmpty(value) && !said.has(target)) said.set(target, trimmed(value));
  }
  const email = textOf(said.get('email'));
  const externalId = textOf(said.get('externalId'));
  if (email === null && externalId === null) return refused('It has neither an e-mail address nor an id.');
  if (externalId !== null && (externalId.length > 512 || /\p{Cc}/u.test(externalId)))
    return refused('Its id is longer than 512 characters, or has control characters.');
  if (externalId !== null && isPlaceholderId(externalId))
    return refused('Its id is what a program writes where it knows nobody: leave the cell empty.');
  const word = readWord(said, plan);
  if ('fault' in word) return refused(word.fault);
  const traits = Object.fromEntries([...said].flatMap(([target, value]) => traitOf(target, value)));
  return { kind: 'person', person: { email, externalId, traits, ...word } };
}

/** Columns that nothing is taken from, of those that a row names. */
export function skippedOf(row: StagedRow, plan: FilePlan): string[] {
  return columnsOf(row, plan)
    .filter(([column]) => targetOf(column, plan.mapping) === 'skip')
    .map(([column]) => column);
}

function refused(reason: string): RowRead {
  return { kind: 'refused', reason };
}

function columnsOf(row: StagedRow, { header }: FilePlan): [string, Json][] {
  if ('cells' in row) return (header ?? []).map((column, i) => [column, row.cells[i] ?? '']);
  return 'object' in row ? Object.entries(row.object).flatMap(([key, value]) => nested(key, value)) : [];
}

/** `{"traits": {"plan": "pro"}}` has the column `traits.plan`. */
function nested(key: string, value: Json): [string, Json][] {
  const isBag = (key === 'traits' || key === 'consent') && typeof value === 'object' && value !== null;
  if (!isBag || Array.isArray(value)) return [[key, value]];
  return Object.entries(value).flatMap(([inner, each]) =>
    inner === 'consent' ? nested(inner, each) : [[`${key}.${inner}`, each]],
  );
}

function traitOf(target: Target, value: Json): [string, Json][] {
  if (target === 'email' || target === 'externalId' || target === 'unsubscribed') return [];
  if (target.startsWith('consent.')) return [];
  return [[target.startsWith('traits.') ? target.slice('traits.'.length) : target, value]];
}

function isEmpty(value: Json): boolean {
  return value === null || (typeof value === 'string' && value.trim() === '');
}

function trimmed(value: Json): Json {
  return typeof value === 'string' ? value.trim() : value;
}
