import { v7 } from 'uuid';
import type { Tally } from '../../../workflows/domain/scoring/tally';
import type { Tx } from '../../client';

export interface TallyToWrite {
  contactId: string;
  /** Of the model that counted it. */
  modelNumber: number | null;
  tally: Tally;
}

/** Writes what was counted, under the contacts' locks: what is superseded goes first. */
export async function writeLedger(tx: Tx, counted: readonly TallyToWrite[]): Promise<void> {
  await forget(tx, counted);
  await insertEntries(tx, counted);
  await insertMarks(tx, counted);
}

async function forget(tx: Tx, counted: readonly TallyToWrite[]): Promise<void> {
  const rewrites = counted.flatMap(({ contactId, tally: { rewrite } }) => (rewrite ? [{ contactId, ...rewrite }] : []));
  if (rewrites.length === 0) return;
  const rows = JSON.stringify(rewrites.map(({ from, ...row }) => ({ ...row, from: instant(from) })));
  await tx.$executeRaw`
    delete from score_entry e
    using jsonb_to_recordset(${rows}::jsonb) as x("contactId" uuid, "from" timestamptz, fit boolean)
    where e.contact_id = x."contactId" and e.at >= x."from"
      and (e.kind in ('rule', 'silence', 'reset', 'failed') or (e.kind = 'fit' and x.fit))`;
  await tx.$executeRaw`
    delete from score_mark m
    using jsonb_to_recordset(${rows}::jsonb) as x("contactId" uuid, "from" timestamptz, marks boolean)
    where m.contact_id = x."contactId" and m.at >= x."from" and x.marks`;
}

async function insertEntries(tx: Tx, counted: readonly TallyToWrite[]): Promise<void> {
  const rows = counted.flatMap(({ contactId, modelNumber, tally: { entries, failed } }) => [
    ...entries.map((entry) => ({ id: v7(), contactId, modelNumber, ...entry, ...written(entry) })),
    ...failed.map(({ reason, ...input }) => ({
      ...{ id: v7(), contactId, modelNumber, kind: 'failed', axis: 'engagement', group: '', rule: reason },
      ...{ points: 0, lost: 0, ...written(input) },
    })),
  ]);
  if (rows.length === 0) return;
  await tx.$executeRaw`
    insert into score_entry (id, contact_id, axis, kind, "group", rule, points, lost, at, event_seq, model_version)
    select id, "contactId", axis, kind, "group", rule, points, lost, at, seq, "modelNumber"
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as x(id uuid, "contactId" uuid, axis text, kind text,
      "group" text, rule text, points float8, lost float8, at timestamptz, seq bigint, "modelNumber" int)`;
}

async function insertMarks(tx: Tx, counted: readonly TallyToWrite[]): Promise<void> {
  const rows = counted.flatMap(({ contactId, tally: { marks } }) =>
    marks.map((mark) => ({ id: v7(), contactId, ...mark, at: instant(mark.at) })),
  );
  if (rows.length === 0) return;
  await tx.$executeRaw`
    insert into score_mark (id, contact_id, kind, "from", "to", total, fit, engagement, at)
    select id, "contactId", kind, "from", "to", total, fit, engagement, at
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as x(id uuid, "contactId" uuid, kind text, "from" text,
      "to" text, total float8, fit float8, engagement float8, at timestamptz)`;
}

function written({ at, seq }: { at: number; seq: bigint | null }) {
  return { at: instant(at), seq: seq === null ? null : String(seq) };
}

function instant(at: number): string {
  return at === -Infinity ? '-infinity' : new Date(at).toISOString();
}
