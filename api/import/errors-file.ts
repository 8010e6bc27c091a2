import { stringify } from 'csv-stringify/sync';
import type { Db } from '../../prisma/client';
import { refusedRows, type RefusedRow } from '../../prisma/stores/imports';
import type { StagedRow } from '../../workflows/domain/importing/row';
import { asText } from './formulas';
import { ownColumns } from './own-columns';

const PAGE = 1_000;
const [LINE, REASON] = ownColumns;

export interface ErrorsFile {
  /** Null where each row names its own columns. */
  header: readonly string[] | null;
  delimiter?: string | undefined;
}

/** The refused rows of a file as they came, in its own format, each with its line and reason; page by page. */
export async function* errorsFile(db: Db, jobId: string, { header, delimiter }: ErrorsFile): AsyncGenerator<string> {
  if (header) yield stringify([[...header.map(asText), LINE, REASON]], { delimiter });
  for (let after = 0; ;) {
    const rows = await refusedRows(db, jobId, { after, limit: PAGE });
    const last = rows.at(-1);
    if (!last) return;
    after = last.line;
    yield header
      ? stringify(
          rows.map((row) => cellsOf(row, header)),
          { delimiter },
        )
      : rows.map(lineOf).join('');
  }
}

/** Cells are strangers' words: no spreadsheet reckons them. */
function cellsOf({ line, row, reason }: RefusedRow, header: readonly string[]): string[] {
  return [...ownCells(row, header).map(asText), String(line), reason];
}

/** As many as the header has: what stands in a row beyond them is kept in the last one. */
function ownCells(row: StagedRow, header: readonly string[]): string[] {
  const cells = 'cells' in row ? row.cells : [];
  const own = header.map((_, i) => cells[i] ?? '');
  const more = cells.slice(header.length).filter((cell) => cell !== '');
  return more.length === 0 ? own : [...own.slice(0, -1), [own.at(-1) ?? '', ...more].join(' ')];
}

function lineOf({ line, row, reason }: RefusedRow): string {
  const said = 'object' in row ? row.object : 'text' in row ? { 'nurture.text': row.text } : {};
  return `${JSON.stringify({ ...said, [LINE]: line, [REASON]: reason })}\n`;
}
