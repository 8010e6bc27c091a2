import { stringify } from 'csv-stringify/sync';
import type { Db } from '../../prisma/client';
import { refusedRows } from '../../prisma/stores/imports';
import type { StagedRow } from '../../workflows/domain/importing/row';
import { asText } from './formulas';

const PAGE = 1_000;

/**
 * The refused rows of a file with their own cells, then line and reason; page by page. Its cells are strangers' words:
 * no spreadsheet reckons them.
 */
export async function* errorsFile(db: Db, jobId: string, header: readonly string[] | null): AsyncGenerator<string> {
  yield stringify([[...(header ?? ['row']).map(asText), 'line', 'reason']]);
  for (let after = 0; ;) {
    const rows = await refusedRows(db, jobId, { after, limit: PAGE });
    const last = rows.at(-1);
    if (!last) return;
    after = last.line;
    yield stringify(rows.map(({ line, row, reason }) => [...cellsOf(row, header).map(asText), line, reason]));
  }
}

/** As many as the header has: what stands in a row beyond them is kept in the last one. */
function cellsOf(row: StagedRow, header: readonly string[] | null): string[] {
  if (header === null || !('cells' in row)) return ['object' in row ? JSON.stringify(row.object) : textOf(row)];
  const own = header.map((_, i) => row.cells[i] ?? '');
  const more = row.cells.slice(header.length).filter((cell) => cell !== '');
  return more.length === 0 ? own : [...own.slice(0, -1), [own.at(-1) ?? '', ...more].join(' ')];
}

function textOf(row: StagedRow): string {
  return 'text' in row ? row.text : '';
}
