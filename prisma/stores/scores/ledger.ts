import { v7 } from 'uuid';
import { diffLines, type LedgerDiff, type StoredLine } from '../../../workflows/domain/scoring/ledger-diff';
import type { EntryOf, MarkOf } from '../../../workflows/domain/scoring/state';
import type { FailedInput, Tally } from '../../../workflows/domain/scoring/tally';
import type { Tx } from '../../client';

export interface TallyToWrite {
  contactId: string;
  /** Of the model that counted it. */
  modelNumber: number | null;
  tally: Tally;
}

/**
 * Writes what was counted, under the contacts' locks. Of what is counted again only what comes out differently: a late
 * event changes a few lines of a long history.
 */
export async function writeLedger(tx: Tx, counted: readonly TallyToWrite[]): Promise<void> {
  const stored = await readRewritten(tx, counted);
  const entries = merged(
    counted.map((one) => diffLines(stored.entries.get(one.contactId) ?? [], entriesOf(one), saysOfEntry)),
  );
  const marks = merged(
    counted.map((one) => diffLines(stored.marks.get(one.contactId) ?? [], marksOf(one), saysOfMark)),
  );
  if (entries.gone.length > 0) await tx.$executeRaw`delete from score_entry where id = any(${entries.gone}::uuid[])`;
  if (marks.gone.length > 0) await tx.$executeRaw`delete from score_mark where id = any(${marks.gone}::uuid[])`;
  for (const some of chunks(entries.added)) await insertEntries(tx, some);
  for (const some of chunks(marks.added)) await insertMarks(tx, some);
}

interface EntryRow {
  contactId: string;
  modelNumber: number | null;
  kind: EntryOf['kind'] | 'failed';
  axis: EntryOf['axis'];
  group: string;
  rule: string;
  points: number;
  lost: number;
  at: number;
  seq: string | null;
}

type MarkRow = MarkOf & { contactId: string };

/** In order: of one instant what counted comes before what failed. */
function entriesOf({ contactId, modelNumber, tally: { entries, failed } }: TallyToWrite): EntryRow[] {
  const row = { contactId, modelNumber };
  return [
    ...entries.map(({ seq, ...entry }) => ({ ...row, ...entry, seq: textOf(seq) })),
    ...failed.map((input) => ({ ...row, ...failedEntry(input) })),
  ];
}

function failedEntry({ reason, at, seq }: FailedInput) {
  const entry = { kind: 'failed', axis: 'engagement', group: '', rule: reason, points: 0, lost: 0 } as const;
  return { ...entry, at, seq: textOf(seq) };
}

function textOf(seq: bigint | null): string | null {
  return seq === null ? null : String(seq);
}

function marksOf({ contactId, tally: { marks } }: TallyToWrite): MarkRow[] {
  return marks.map((mark) => ({ contactId, ...mark }));
}

function saysOfEntry({ kind, axis, group, rule, points, lost, seq, modelNumber }: Omit<EntryRow, 'contactId'>): string {
  return JSON.stringify([kind, axis, group, rule, points, lost, seq, modelNumber]);
}

function saysOfMark({ kind, from, to, total, fit, engagement }: MarkOf): string {
  return JSON.stringify([kind, from, to, total, fit, engagement]);
}

function merged<T>(diffs: readonly LedgerDiff<T>[]): LedgerDiff<T> {
  return { gone: diffs.flatMap(({ gone }) => gone), added: diffs.flatMap(({ added }) => added) };
}

type ByContact = Map<string, StoredLine[]>;

/** What stands of all that is counted again. */
async function readRewritten(
  tx: Tx,
  counted: readonly TallyToWrite[],
): Promise<{ entries: ByContact; marks: ByContact }> {
  const rewrites = counted.flatMap(({ contactId, tally: { rewrite } }) => (rewrite ? [{ contactId, ...rewrite }] : []));
  if (rewrites.length === 0) return { entries: new Map(), marks: new Map() };
  const rows = JSON.stringify(
    rewrites.map(({ contactId, from, fit, marksFrom }) => ({
      ...{ contactId, from: instant(from), fit, marksFrom: marksFrom === null ? null : instant(marksFrom) },
    })),
  );
  const entries = await tx.$queryRaw<(EntryRow & { id: string })[]>`
    select e.id, e.contact_id as "contactId", e.kind, e.axis, e."group", e.rule, e.points, e.lost,
           (extract(epoch from e.at) * 1000)::float8 as at, e.event_seq::text as seq, e.model_version as "modelNumber"
    from jsonb_to_recordset(${rows}::jsonb) as x("contactId" uuid, "from" timestamptz, fit boolean)
    join score_entry e on e.contact_id = x."contactId" and e.at >= x."from"
      and (e.kind in ('rule', 'silence', 'reset', 'failed') or (e.kind = 'fit' and x.fit))
    order by e.at, e.id`;
  const marks = await tx.$queryRaw<(MarkRow & { id: string })[]>`
    select m.id, m.contact_id as "contactId", m.kind, m."from", m."to", m.total, m.fit, m.engagement,
           (extract(epoch from m.at) * 1000)::float8 as at
    from jsonb_to_recordset(${rows}::jsonb) as x("contactId" uuid, "marksFrom" timestamptz)
    join score_mark m on m.contact_id = x."contactId" and m.at >= x."marksFrom"
    order by m.at, m.id`;
  return { entries: byContact(entries, saysOfEntry), marks: byContact(marks, saysOfMark) };
}

function byContact<T extends { id: string; contactId: string; at: number }>(
  rows: readonly T[],
  says: (row: T) => string,
): ByContact {
  const lines: ByContact = new Map();
  for (const row of rows) {
    const line = { id: row.id, at: row.at, says: says(row) };
    const own = lines.get(row.contactId);
    if (own) own.push(line);
    else lines.set(row.contactId, [line]);
  }
  return lines;
}

/** What one statement writes in well under its time-out. */
const ROWS = 5_000;

function chunks<T>(rows: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(rows.length / ROWS) }, (_, i) => rows.slice(i * ROWS, (i + 1) * ROWS));
}

async function insertEntries(tx: Tx, entries: readonly EntryRow[]): Promise<void> {
  const rows = JSON.stringify(entries.map((entry) => ({ id: v7(), ...entry, at: instant(entry.at) })));
  await tx.$executeRaw`
    insert into score_entry (id, contact_id, axis, kind, "group", rule, points, lost, at, event_seq, model_version)
    select id, "contactId", axis, kind, "group", rule, points, lost, at, seq, "modelNumber"
    from jsonb_to_recordset(${rows}::jsonb) as x(id uuid, "contactId" uuid, axis text, kind text,
      "group" text, rule text, points float8, lost float8, at timestamptz, seq bigint, "modelNumber" int)`;
}

async function insertMarks(tx: Tx, marks: readonly MarkRow[]): Promise<void> {
  const rows = JSON.stringify(marks.map((mark) => ({ id: v7(), ...mark, at: instant(mark.at) })));
  await tx.$executeRaw`
    insert into score_mark (id, contact_id, kind, "from", "to", total, fit, engagement, at)
    select id, "contactId", kind, "from", "to", total, fit, engagement, at
    from jsonb_to_recordset(${rows}::jsonb) as x(id uuid, "contactId" uuid, kind text, "from" text,
      "to" text, total float8, fit float8, engagement float8, at timestamptz)`;
}

function instant(at: number): string {
  return at === -Infinity ? '-infinity' : new Date(at).toISOString();
}
