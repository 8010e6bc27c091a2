/** Longer first lines are nobody's header. */
const MOST = 64 * 1024;

/** The first line of a text, as far as it can be known, and the text from its beginning. */
export async function peekLine(text: AsyncIterable<string>): Promise<{ line: string; all: AsyncGenerator<string> }> {
  const iterator = text[Symbol.asyncIterator]();
  let head = '';
  let over = false;
  while (!over && !/[\r\n]/.test(head.replace(/^[\r\n]+/, '')) && head.length < MOST) {
    const next = await iterator.next();
    if (next.done) over = true;
    else head += next.value;
  }
  const [line = ''] = head.replace(/^[\r\n]+/, '').split(/[\r\n]/, 1);
  return { line, all: whole(head, iterator) };
}

async function* whole(head: string, iterator: AsyncIterator<string>): AsyncGenerator<string> {
  try {
    if (head !== '') yield head;
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  } finally {
    await iterator.return?.();
  }
}
