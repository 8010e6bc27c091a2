import type { JsonObject } from '../../workflows/domain/json';
import type { StagedRow } from '../../workflows/domain/importing/row';
import { faultIn } from '../http/text';
import type { FileRow } from './csv';
import { cut } from './cut';
import { FileFault } from './file-fault';
import { isOwn } from './own-columns';

const MOST_LINE = 4 * 1024 * 1024;
const DEPTH = 32;

/**
 * The objects of a file that has one to a line. A line that is none is a row with a fault.
 * @throws FileFault
 */
export async function* readNdjson(text: AsyncIterable<string>): AsyncGenerator<FileRow> {
  let rest = '';
  let line = 0;
  for await (const chunk of text) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > MOST_LINE) throw new FileFault(line + lines.length + 1, 'A line is longer than 4 MB.');
    for (const each of lines) {
      line += 1;
      if (each.trim() !== '') yield { line, row: rowOf(each) };
    }
  }
  if (rest.trim() !== '') yield { line: line + 1, row: rowOf(rest) };
}

function rowOf(text: string): StagedRow {
  const value = parsed(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { text: cut(text, 1_000), fault: 'It is not a JSON object.' };
  const fault = faultIn(value, DEPTH);
  if (fault) return { text: '', fault: fault.detail };
  const object = value as JsonObject; // parsed from JSON
  return { object: Object.fromEntries(Object.entries(object).filter(([key]) => !isOwn(key))) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
