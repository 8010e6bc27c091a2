import { readCsv, delimiterOf, type FileRow } from '../../../api/import/csv';
import { decoded } from '../../../api/import/decode';
import { FileFault } from '../../../api/import/file-fault';
import { asText, withoutMark } from '../../../api/import/formulas';
import { readNdjson } from '../../../api/import/ndjson';

/** A file in chunks of so many bytes. */
async function* bytes(content: string | Uint8Array, size = 5): AsyncGenerator<Uint8Array> {
  const all = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  for (let from = 0; from < all.length; from += size) yield all.slice(from, from + size);
}

async function csv(content: string | Uint8Array, { size = 5, delimiter = null as string | null } = {}) {
  const { header, rows } = await readCsv(decoded(bytes(content, size)), delimiter);
  return { header, rows: await all(rows) };
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

async function faultOf(reading: Promise<unknown>): Promise<FileFault> {
  const error = await reading.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error instanceof FileFault) return error;
  throw new Error('the file was read', { cause: error });
}

const cells = ({ rows }: { rows: FileRow[] }) => rows.map(({ row }) => ('cells' in row ? row.cells : row));

test.each([1, 2, 3, 7, 1_000])('characters over chunks of %i bytes', async (size) => {
  const read = await csv('email,firstName\nann@example.test,Žofie 😀\n', { size });
  expect(read).toEqual({
    header: ['email', 'firstName'],
    rows: [{ line: 2, row: { cells: ['ann@example.test', 'Žofie 😀'] } }],
  });
});

test.each([
  ['comma', 'a,b;c,d', ','],
  ['semicolon', 'E-Mail;Vorname;"Nach,na,me"', ';'],
  ['tab', 'a\tb c\td', '\t'],
  ['pipe', 'a|b', '|'],
  ['one column', 'email', ','],
])('a header divided by %s', (_, line, delimiter) => {
  expect(delimiterOf(line)).toBe(delimiter);
});

test('quotes, breaks and delimiters within cells', async () => {
  const read = await csv('email,note\r\na@x.test,"He said ""no"",\r\nthen yes"\r\n\r\nb@x.test,\r\n');
  expect(read.rows).toEqual([
    { line: 3, row: { cells: ['a@x.test', 'He said "no",\r\nthen yes'] } },
    { line: 5, row: { cells: ['b@x.test', ''] } },
  ]);
});

test('a byte order mark is no part of the header', async () => {
  expect((await csv('\uFEFFemail;name\na@x.test;Ann')).header).toEqual(['email', 'name']);
});

test("a spreadsheet's own first line is passed over", async () => {
  const read = await csv('sep=;\nemail;name\na@x.test;Ann, B.\n');
  expect(read).toMatchObject({ header: ['email', 'name'], rows: [{ line: 3 }] });
});

test('a row of another length is refused alone', async () => {
  const read = await csv('a,b,c\n1,2\n1,2,3\n1,2,3,\n1,2,3,4\n,,\n');
  expect(read.rows.map(({ line, row }) => [line, row.fault])).toEqual([
    [2, 'It has 2 cells, the header 3.'],
    [3, undefined],
    [4, undefined],
    [5, 'It has 4 cells, the header 3.'],
  ]);
});

test('a cell of a megabyte is read', async () => {
  const read = await csv(`email,note\na@x.test,${'x'.repeat(1024 * 1024)}\nb@x.test,y\n`, { size: 65_536 });
  expect(cells(read).map((row) => Array.isArray(row) && row[1]?.length)).toEqual([1024 * 1024, 1]);
});

describe('a file is refused as a whole', () => {
  test.each([
    ['two columns of a name', 'email,name,email\n', 1, 'Two columns are called "email".'],
    ['a quote that is not closed', 'email,name\na@x.test,Ann\nb@x.test,"Bob\nc@x.test,C\n', 4, 'never closed'],
    ['a quote within a cell', 'email,name\na@x.test,5" disk\n', 2, 'A quote stands within a cell'],
    ['nothing in it', '', null, 'It is empty.'],
  ])('for %s', async (_, content, line, detail) => {
    const fault = await faultOf(csv(content));
    expect(fault.line).toBe(line);
    expect(fault.detail).toContain(detail);
  });

  test.each([1, 4, 1_000])('for another encoding, with its line, in chunks of %i', async (size) => {
    const latin = Buffer.from('email,name\na@x.test,Ann\nb@x.test,Andr\u00e9\n', 'latin1');
    const fault = await faultOf(csv(latin, { size }));
    expect(fault).toMatchObject({ line: 3, detail: 'It is not UTF-8.' });
    expect(fault.hint).toContain('UTF-8');
  });

  test('for UTF-16', async () => {
    const fault = await faultOf(csv(Buffer.from('\uFEFFemail\n', 'utf16le')));
    expect(fault.detail).toBe('It is UTF-16.');
  });

  test('for a spreadsheet', async () => {
    expect((await faultOf(csv('PK\u0003\u0004…'))).hint).toBe('Export it as CSV.');
  });

  test('for a NUL character', async () => {
    expect(await faultOf(csv('email\na@x.test\nb\0@x.test\n'))).toMatchObject({ line: 3 });
  });
});

test('objects, one to a line', async () => {
  const text = '{"email":"a@x.test"}\n\n[1]\n{"email":\n{"email":"\\ud800"}\n{"email":"b@x.test"}';
  const rows = await all(readNdjson(decoded(bytes(text))));
  expect(rows.map(({ line, row }) => [line, row.fault ?? ('object' in row && row.object.email)])).toEqual([
    [1, 'a@x.test'],
    [3, 'It is not a JSON object.'],
    [4, 'It is not a JSON object.'],
    [5, 'The text contains half of a surrogate pair.'],
    [6, 'b@x.test'],
  ]);
});

test.each([
  ['=HYPERLINK("http://x.test")', `'=HYPERLINK("http://x.test")`],
  ['@SUM(1)', "'@SUM(1)"],
  ['-2+3', "'-2+3"],
  ['\uff1d1', "'\uff1d1"],
  ['\t=1', "'\t=1"],
  ['-3.5', '-3.5'],
  ['+49 (151) 123-45', '+49 (151) 123-45'],
  ["O'Neill", "O'Neill"],
  ["''=1", "''=1"],
])('the cell %j is written as %j, and read back', (cell, written) => {
  expect(asText(cell)).toBe(written);
  expect(withoutMark(written)).toBe(cell);
});

test("a spreadsheet's mark of text is no part of a cell", async () => {
  const read = await csv("email,'=note\na@x.test,'+49 151\n");
  expect(read).toMatchObject({ header: ['email', '=note'], rows: [{ row: { cells: ['a@x.test', '+49 151'] } }] });
});
