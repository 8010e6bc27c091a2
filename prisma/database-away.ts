/** Prisma's own codes for a database that cannot be reached, or a pool that has no connection to give. */
const PRISMA_CODES = new Set(['P1000', 'P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028', 'P2037']);
const ADAPTER_KINDS = new Set(['DatabaseNotReachable', 'ConnectionClosed', 'TooManyConnections', 'SocketTimeout']);
const SOCKET_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'EPIPE',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ENOENT',
]);
/** Connection, resources, operator intervention; a lock or statement time-out (55P03, 57014) is load, and passes too. */
const SQLSTATE = /^(08|53|57)|^55P03$|^40/;
const MESSAGE =
  /timeout exceeded when trying to connect|timeout expired|Connection terminated|is not queryable|Unable to start a transaction/i;

/** Whether the same request may well succeed in a moment, because the database and not the request is at fault. */
export function isDatabaseAway(error: unknown): boolean {
  for (let at = error, depth = 0; typeof at === 'object' && at !== null && depth < 8; depth += 1) {
    if (saysAway(at)) return true;
    at = nextCause(at);
  }
  return false;
}

/** Whether a statement was given up because it took longer than it was given. */
export function isTimeUp(error: unknown): boolean {
  for (let at = error, depth = 0; typeof at === 'object' && at !== null && depth < 8; depth += 1) {
    if (textOf(at, 'originalCode') === '57014' || textOf(at, 'code') === '57014') return true;
    at = nextCause(at);
  }
  return false;
}

function textOf(error: object, name: string): string {
  const value: unknown = Reflect.get(error, name);
  return typeof value === 'string' ? value : '';
}

function saysAway(error: object): boolean {
  const text = (name: string) => textOf(error, name);
  return (
    PRISMA_CODES.has(text('code')) ||
    SOCKET_CODES.has(text('code')) ||
    ADAPTER_KINDS.has(text('kind')) ||
    SQLSTATE.test(text('originalCode')) ||
    (/^[0-9A-Z]{5}$/.test(text('code')) && SQLSTATE.test(text('code'))) ||
    MESSAGE.test(text('message'))
  );
}

function nextCause(error: object): unknown {
  const meta: unknown = Reflect.get(error, 'meta');
  if (typeof meta === 'object' && meta !== null && 'driverAdapterError' in meta) return meta.driverAdapterError;
  return Reflect.get(error, 'cause');
}
