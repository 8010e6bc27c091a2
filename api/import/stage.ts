import type { Db } from '../../prisma/client';
import { dropRows, stageRows } from '../../prisma/stores/imports';
import type { StagedRow } from '../../workflows/domain/importing/row';
import type { FileRow } from './csv';
import { cut } from './cut';
import { FileFault } from './file-fault';

/** Rows and characters of one statement. */
const BATCH = 1_000;
const BATCH_CHARS = 1024 * 1024;
const MOST_ROWS = 5_000_000;
/** As of events: a row becomes one. */
const MOST_ROW_CHARS = 32 * 1024;

/**
 * Writes the rows of a file for a job to come, as they are read. Answers how many; a file that breaks off leaves none.
 * @throws FileFault
 */
export async function stageFile(db: Db, jobId: string, rows: AsyncIterable<FileRow>): Promise<number> {
  try {
    return await stageAll(db, jobId, rows);
  } catch (error) {
    // A sweep takes away what cannot be taken away now.
    await dropRows(db, jobId).catch(() => undefined);
    throw error;
  }
}

async function stageAll(db: Db, jobId: string, rows: AsyncIterable<FileRow>): Promise<number> {
  let batch: FileRow[] = [];
  let chars = 0;
  let total = 0;
  for await (const { line, row } of rows) {
    const fitting = fit(row);
    batch.push({ line, row: fitting.row });
    chars += fitting.chars;
    total += 1;
    if (total > MOST_ROWS) throw new FileFault(line, `A file has at most ${MOST_ROWS} rows: send it in parts.`);
    if (batch.length < BATCH && chars < BATCH_CHARS) continue;
    await stageRows(db, jobId, batch);
    [batch, chars] = [[], 0];
  }
  if (batch.length > 0) await stageRows(db, jobId, batch);
  if (total === 0) throw new FileFault(null, 'It has no rows.');
  return total;
}

/** Of a row that is too long only the beginning of each cell is kept, to be shown. */
function fit(row: StagedRow): { row: StagedRow; chars: number } {
  const chars = JSON.stringify(row).length;
  if (chars <= MOST_ROW_CHARS) return { row, chars };
  const fault = `It is longer than ${MOST_ROW_CHARS / 1024} KB.`;
  const short: StagedRow =
    'cells' in row
      ? { cells: row.cells.slice(0, 200).map((cell) => cut(cell, 100)), fault }
      : { text: cut(JSON.stringify('object' in row ? row.object : row.text), 1_000), fault };
  return { row: short, chars: MOST_ROW_CHARS };
}
