import { EVERYTHING, isTopic } from '../consent/consent';
import type { Json, JsonObject } from '../json';
import { asDeclared } from '../people/typed-trait';
import { targetOf, type Mapping, type Target } from './columns';

/** A row of a file as it waits to be taken in. With a fault it only waits to be shown. */
export type StagedRow =
  { cells: string[]; fault?: string } | { object: JsonObject; fault?: string } | { text: string; fault: string };

/** What is said of every row that does not say so itself. */
export interface ConsentOfFile {
  topic?: string | undefined;
  text?: string | undefined;
  source?: string | undefined;
  at?: string | undefined;
}

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
  const consent = readConsent(said, plan);
  if ('fault' in consent) return refused(consent.fault);
  const traits = Object.fromEntries([...said].flatMap(([target, value]) => traitOf(target, value)));
  return { kind: 'person', person: { email, externalId, traits, consent: consent.given } };
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
  if (target === 'email' || target === 'externalId' || target.startsWith('consent.')) return [];
  return [[target.startsWith('traits.') ? target.slice('traits.'.length) : target, value]];
}

type ConsentRead = { given: JsonObject | null } | { fault: string };

/** Evidence or nothing: half a consent is refused rather than kept. */
function readConsent(
  said: ReadonlyMap<Target, Json>,
  { marketing, consent, topics, at: latest }: FilePlan,
): ConsentRead {
  const [topic, text, source, at] = (['topic', 'text', 'source', 'at'] as const).map(
    (part) => textOf(said.get(`consent.${part}`)) ?? consent[part] ?? null,
  );
  if (topic === null || topic === undefined) return marketing ? { fault: 'It has no consent.' } : { given: null };
  if (!isTopic(topic) || (topic !== EVERYTHING && !topics.includes(topic)))
    return { fault: 'Its consent is about a topic that the settings do not have.' };
  if (!text && !source) return { fault: 'Its consent says neither what they were shown nor where they agreed.' };
  const given = instantOf(at);
  if (given === null) return { fault: 'Its consent has no date such as 2026-03-01, 1.3.2026 or 2026-03-01T09:30:00Z.' };
  if (given > latest) return { fault: 'Its consent is of the future.' };
  const evidence = { ...(text && { text: text.slice(0, 5_000) }), ...(source && { source: source.slice(0, 200) }) };
  return { given: { topic, ...evidence, at: new Date(given).toISOString() } };
}

/** Of a day its beginning in UTC, as of traits that are dates. Figures alone are no date here: they may be anything. */
function instantOf(text: string | null | undefined): number | null {
  const read = asDeclared('date', text ?? null);
  return typeof read === 'string' ? Date.parse(read) : null;
}

function isEmpty(value: Json): boolean {
  return value === null || (typeof value === 'string' && value.trim() === '');
}

function trimmed(value: Json): Json {
  return typeof value === 'string' ? value.trim() : value;
}

function textOf(value: Json | undefined): string | null {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
}
