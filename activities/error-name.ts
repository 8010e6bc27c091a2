/** An error's name and code. Its message is left out: a database quotes values, a template a person. */
export function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  const code: unknown = sqlStateOf(error) ?? Reflect.get(error, 'code');
  return typeof code === 'string' ? `${error.name} ${code}` : error.name;
}

/** Where it was thrown: the stack without the message that heads it. */
export function framesOf(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  return stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .join('\n');
}

/** What PostgreSQL said, from inside of Prisma's wrapping. */
function sqlStateOf(error: Error): unknown {
  const meta: unknown = Reflect.get(error, 'meta');
  const adapter: unknown = isObject(meta) ? Reflect.get(meta, 'driverAdapterError') : undefined;
  const cause: unknown = isObject(adapter) ? Reflect.get(adapter, 'cause') : undefined;
  return isObject(cause) ? Reflect.get(cause, 'originalCode') : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
