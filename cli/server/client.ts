import { Readable } from 'node:stream';
import { z } from 'zod';
import { Refusal } from '../refusal';

/** Where the server is, and the key that the command uses. */
export interface ServerAddress {
  url: string;
  key: string;
}

export interface Answer {
  status: number;
  body: unknown;
  etag: string | null;
}

/** A Nurture server, as its API tells of it. */
export interface Server {
  url: string;
  /** @throws Refusal when the server says no (`allow` names statuses that are an answer all the same) or is not there */
  call(method: 'GET' | 'PUT' | 'POST', path: string, it?: CallOptions): Promise<Answer>;
  /** Posts a file as it is read. @throws Refusal as `call` does, and what reading it throws */
  upload(path: string, it: { content: AsyncIterable<Uint8Array>; type: string }): Promise<Answer>;
  /** @throws Refusal as `call` does */
  download(path: string): Promise<AsyncIterable<Uint8Array>>;
}

export interface CallOptions {
  body?: unknown;
  ifMatch?: string;
  allow?: readonly number[];
}

const problemDocument = z.object({
  title: z.string(),
  detail: z.string().optional(),
  errors: z
    .array(z.object({ pointer: z.string(), detail: z.string(), line: z.int().optional(), hint: z.string().optional() }))
    .optional(),
});

const TIMEOUT_MS = 30_000;
/** Of a file, either way; the server waits as long. */
const FILE_MS = 30 * 60_000;

/** Talks to a server. @throws Refusal when the address is no address */
export function serverAt({ url, key }: ServerAddress): Server {
  const base = baseOf(url);
  const authorization = `Bearer ${key}`;
  return {
    url: base,
    upload: async (path, { content, type }) => {
      const headers = { authorization, 'content-type': type };
      // It is sent while the answer is waited for.
      const init = { method: 'POST', headers, duplex: 'half' as const, body: Readable.toWeb(Readable.from(content)) };
      return answerOf(await reach(`${base}${path}`, init, FILE_MS), `POST ${path}`);
    },
    download: async (path) => {
      const response = await reach(`${base}${path}`, { headers: { authorization } }, FILE_MS);
      if (!response.ok) await answerOf(response, `GET ${path}`);
      return response.body ?? Readable.from([]);
    },
    call: async (method, path, { body, ifMatch, allow = [] } = {}) => {
      const headers = {
        authorization,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(ifMatch !== undefined && { 'if-match': ifMatch }),
      };
      const response = await reach(`${base}${path}`, {
        method,
        headers,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      return answerOf(response, `${method} ${path}`, allow);
    },
  };
}

async function answerOf(response: Response, what: string, allow: readonly number[] = []): Promise<Answer> {
  const text = await response.text();
  const answer = { status: response.status, body: parsed(text), etag: response.headers.get('etag') };
  if (response.ok || allow.includes(response.status)) return answer;
  throw refusedBy(answer, what);
}

function baseOf(url: string): string {
  if (!URL.canParse(url)) throw new Refusal('usage', `${url} is no address.`, 'Such as http://127.0.0.1:3000');
  return url.replace(/\/+$/, '');
}

async function reach(url: string, init: RequestInit, timeoutMs = TIMEOUT_MS): Promise<Response> {
  try {
    return await fetch(url, { ...init, signal: AbortSignal.timeout(timeoutMs) });
  } catch {
    throw new Refusal(
      'server',
      `${new URL(url).origin} does not answer.`,
      'Is the server running, and is --url (or NURTURE_URL) right?',
    );
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function refusedBy({ status, body }: Answer, what: string): Refusal {
  const problem = problemDocument.safeParse(body);
  if (status === 401)
    return new Refusal('server', 'The server does not know this key.', 'Check --key (or NURTURE_KEY).');
  if (!problem.success) return new Refusal('server', `${what} was answered with ${status}.`);
  const { title, detail, errors = [] } = problem.data;
  const lines = errors.map(
    ({ pointer, detail: said, line, hint }) =>
      `  ${line === undefined ? pointer : `line ${line}`}: ${said}${hint === undefined ? '' : ` (${hint})`}`,
  );
  return new Refusal('server', [`${what}: ${detail ?? title}`, ...lines].join('\n'));
}
