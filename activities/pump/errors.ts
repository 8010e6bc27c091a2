/** What was found has changed before it was locked: nothing was written, begin again. */
export class StartOver extends Error {
  constructor(why: string) {
    super(`start over: ${why}`);
  }
}

/** The fold could not make sense of an event. */
export class FoldFailure extends Error {}

/** SQLSTATE classes that a row's own content can bring about. */
const ofData = ['21', '22', '23', '54'];

/**
 * Whose fault it is: `start-over` nobody's, `data` an event's own (halve the batch to find it), `batch` anything that
 * concerns the database or its connection (pause, repeat).
 */
export function blame(error: unknown): 'start-over' | 'data' | 'batch' {
  if (error instanceof StartOver) return 'start-over';
  if (error instanceof FoldFailure) return 'data';
  return ofData.includes(sqlState(error)?.slice(0, 2) ?? '') ? 'data' : 'batch';
}

/** The five characters that PostgreSQL names an error by, wherever the client has put them. */
export function sqlState(error: unknown): string | null {
  for (const place of [
    ['meta', 'driverAdapterError', 'cause', 'originalCode'],
    ['cause', 'originalCode'],
    ['originalCode'],
    ['code'],
  ]) {
    const found = place.reduce<unknown>(within, error);
    if (typeof found === 'string' && /^[0-9A-Z]{5}$/.test(found) && !found.startsWith('P')) return found;
  }
  return null;
}

function within(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

/** For a row that is shown to people: what is wrong, without the values. */
export function messageOf(error: unknown): string {
  const text = within(within(within(within(error, 'meta'), 'driverAdapterError'), 'cause'), 'originalMessage');
  if (typeof text === 'string') return text.slice(0, 500);
  return error instanceof Error ? error.message.slice(0, 500) : 'unknown error';
}
