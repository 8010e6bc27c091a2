/** What a handler answers. Exactly one of body, text, html and stream; none for an empty answer. */
export interface Reply {
  status: number;
  body?: unknown;
  text?: { type: string; content: string | Buffer };
  html?: string;
  /** Text that is not held in memory. */
  stream?: { type: string; content: AsyncIterable<string> };
  /** What a repetition with the same Idempotency-Key is answered instead of `body`: answers are stored, secrets are not. */
  repeatedBody?: unknown;
  headers?: Record<string, string>;
}

export function ok(body: unknown): Reply {
  return { status: 200, body };
}

export function created(body: unknown): Reply {
  return { status: 201, body };
}

/** A page for people. Only public pages and /docs answer HTML. */
export function page(html: string, status = 200): Reply {
  return { status, html };
}

export function redirect(location: string): Reply {
  return { status: 302, headers: { Location: location, 'Cache-Control': 'no-store' } };
}

export function withHeaders(reply: Reply, headers: Record<string, string>): Reply {
  return { ...reply, headers: { ...reply.headers, ...headers } };
}
