import { FileFault } from './file-fault';

/** Of the whole file, inflated. */
export const MOST_BYTES = 1024 ** 3;

const hint =
  'Save the file as UTF-8 ("CSV UTF-8" in a spreadsheet), or say what it is: Content-Type: text/csv; charset=windows-1252.';

/** Older spreadsheets write the second one; a browser takes the third for it, too. */
export const charsets = ['utf-8', 'windows-1252', 'iso-8859-1'] as const;
export type Charset = (typeof charsets)[number];

/**
 * Bytes as text, without a byte order mark.
 * @throws FileFault at the first line that is not UTF-8, or has a NUL character
 */
export async function* decoded(chunks: AsyncIterable<Uint8Array>, charset: Charset = 'utf-8'): AsyncGenerator<string> {
  const decoder = new TextDecoder(charset, { fatal: true });
  let lines = 0;
  let bytes = 0;
  for await (const chunk of chunks) {
    if (bytes === 0) refuseOtherMarks(chunk);
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw new FileFault(null, `A file has at most ${MOST_BYTES / 1024 ** 2} MB.`);
    const text = decode(decoder, chunk, lines);
    const nul = text.indexOf('\0');
    if (nul >= 0) throw new FileFault(lines + breaksIn(text.slice(0, nul)) + 1, 'It has a NUL character.', hint);
    lines += breaksIn(text);
    if (text !== '') yield text;
  }
  if (decode(decoder, null, lines) !== '') throw new FileFault(lines + 1, 'It breaks off within a character.', hint);
}

/** Which line it is of the chunk is only asked when it is wrong: line by line, by a decoder of its own. */
function decode(decoder: InstanceType<typeof TextDecoder>, chunk: Uint8Array | null, lines: number): string {
  try {
    return chunk === null ? decoder.decode() : decoder.decode(chunk, { stream: true });
  } catch {
    throw new FileFault(lines + 1 + (chunk === null ? 0 : soundLines(chunk)), 'It is not UTF-8.', hint);
  }
}

/** Lines before the first that is not UTF-8. The rest of a character that began in the chunk before is not looked at. */
function soundLines(chunk: Uint8Array): number {
  let from = chunk.findIndex((byte) => (byte & 0xc0) !== 0x80);
  for (let count = 0; from >= 0 && from < chunk.length; count += 1) {
    const end = chunk.indexOf(10, from);
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(chunk.subarray(from, end < 0 ? undefined : end), {
        stream: end < 0,
      });
    } catch {
      return count;
    }
    if (end < 0) return count;
    from = end + 1;
  }
  return 0;
}

function refuseOtherMarks(chunk: Uint8Array): void {
  const [first, second] = chunk;
  const isUtf16 = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  if (isUtf16) throw new FileFault(1, 'It is UTF-16.', hint);
  const isZip = first === 0x50 && second === 0x4b;
  if (isZip) throw new FileFault(null, 'It is a spreadsheet or an archive, not text.', 'Export it as CSV.');
}

function breaksIn(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}
