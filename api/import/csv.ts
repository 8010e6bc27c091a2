import { pipeline, Readable } from 'node:stream';
import { CsvError, parse, type Info } from 'csv-parse';
import type { StagedRow } from '../../workflows/domain/importing/row';
import { FileFault } from './file-fault';
import { withoutMark } from './formulas';
import { peekLine } from './head';
import { isOwn } from './own-columns';

/** A record that is longer has a quote that nobody closed. */
const MOST_RECORD = 4 * 1024 * 1024;
const delimiters = [',', ';', '\t', '|'] as const;

export interface FileRow {
  /** The line of the file that it ends on, from 1. */
  line: number;
  row: StagedRow;
}

/** Which of the usual delimiters divides a header: the one that it has most of, outside of quotes. */
export function delimiterOf(line: string): string {
  const plain = line.replace(/"(?:[^"]|"")*"/g, '');
  const counts = delimiters.map((delimiter) => plain.split(delimiter).length);
  return delimiters[counts.indexOf(Math.max(...counts))] ?? ',';
}

/**
 * The header of a CSV file, and its rows after it.
 * @throws FileFault, also while rows are read
 */
export async function readCsv(
  text: AsyncIterable<string>,
  given: string | null,
): Promise<{ header: string[]; delimiter: string; rows: AsyncGenerator<FileRow> }> {
  const { line, all } = await peekLine(text);
  // Spreadsheets write it for each other.
  const told = /^sep=(.)$/i.exec(line)?.[1];
  const delimiter = given ?? told ?? delimiterOf(line);
  const records = recordsOf(all, { delimiter, skip: told === undefined ? 0 : 1 });
  const first = await records.next();
  if (first.done) throw new FileFault(null, 'It is empty.');
  const header = headerOf(first.value);
  return { header: header.filter((name) => !isOwn(name)), delimiter, rows: rowsOf(records, header) };
}

interface FileRecord {
  cells: string[];
  line: number;
}

async function* recordsOf(
  text: AsyncIterable<string>,
  { delimiter, skip }: { delimiter: string; skip: number },
): AsyncGenerator<FileRecord> {
  const parser = parse({
    delimiter,
    info: true,
    from_line: skip + 1,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_empty_values: true,
    max_record_size: MOST_RECORD,
  });
  // What goes wrong before the parser reaches its reader through the parser.
  pipeline(Readable.from(text, { objectMode: true }), parser, () => undefined);
  // The parser takes a break of two characters within a cell for two.
  let tooMany = 0;
  try {
    for await (const found of parser) {
      const { record, info } = found as { record: string[]; info: Info }; // as the options say
      for (const cell of record) if (cell.includes('\r\n')) tooMany += cell.split('\r\n').length - 1;
      yield { cells: record.map(withoutMark), line: info.lines - tooMany };
    }
  } catch (error) {
    throw error instanceof CsvError ? faultOf(error) : error;
  }
}

const explained: Partial<Record<CsvError['code'], string>> = {
  CSV_QUOTE_NOT_CLOSED: 'A quote is opened and never closed.',
  CSV_MAX_RECORD_SIZE: 'A row is longer than 4 MB: it seems that a quote is not closed.',
  INVALID_OPENING_QUOTE: 'A quote stands within a cell that does not begin with one.',
  CSV_INVALID_CLOSING_QUOTE: 'Something stands between the end of a quoted cell and the next one.',
};

/** The parser's own message quotes the file. */
function faultOf(error: CsvError): FileFault {
  const line = typeof error.lines === 'number' ? error.lines : null;
  const hint = 'A cell with quotes is put in quotes, and each quote in it doubled.';
  return new FileFault(line, explained[error.code] ?? 'It is not CSV.', hint);
}

function headerOf({ cells, line }: FileRecord): string[] {
  const names = cells.map((cell, i) => cell.trim() || `column ${i + 1}`);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new FileFault(line, `Two columns are called ${JSON.stringify(twice.slice(0, 100))}.`);
  return names;
}

async function* rowsOf(records: AsyncGenerator<FileRecord>, header: readonly string[]): AsyncGenerator<FileRow> {
  const own = header.map(isOwn);
  const strip = (row: StagedRow): StagedRow =>
    'cells' in row && own.includes(true) ? { ...row, cells: row.cells.filter((_, i) => !own[i]) } : row;
  for await (const { cells, line } of records) yield { line, row: strip(rowOf(cells, header.length)) };
}

/** Cells beyond the header that are empty are nothing; other rows of another length have lost or won a delimiter. */
function rowOf(cells: string[], width: number): StagedRow {
  const own = cells.slice(0, width);
  if (cells.length === width || (cells.length > width && cells.slice(width).every((cell) => cell === '')))
    return { cells: own };
  return { cells, fault: `It has ${cells.length} cells, the header ${width}.` };
}
