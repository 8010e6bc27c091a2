import http from 'node:http';
import https from 'node:https';
import { networkFailure } from './network';

/** More of an answer than this is not read. */
const ANSWER_BYTES = 64_000;

export interface HttpCall extends HttpPost {
  method: 'GET' | 'POST';
}

export interface HttpPost {
  url: string;
  body: string;
  headers: Record<string, string>;
  timeoutMs: number;
  /** Decides which addresses may be connected to; any if absent. */
  agent?: http.Agent | undefined;
}

/** What came of a request. It carries neither its body nor its headers. */
export type HttpAnswer =
  | {
      kind: 'answered';
      status: number;
      retryAfter: string | null;
      body: string;
      /** The body broke off: it is left out. */
      brokeOff?: true;
    }
  /** It certainly did not leave. */
  | { kind: 'not-sent'; why: string; isBarred: boolean }
  /** It may have arrived. */
  | { kind: 'lost'; why: string };

/** One POST with a time limit on all of it. Follows no redirect, reads a small answer, never throws. */
export function httpPost(post: HttpPost): Promise<HttpAnswer> {
  return httpCall({ ...post, method: 'POST' });
}

/** The same with any method. A GET has no body. */
export function httpCall({ method, url, body, headers, timeoutMs, agent }: HttpCall): Promise<HttpAnswer> {
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const fail = (error: unknown) => resolve(failureOf(error, signal.aborted, connected));
    let connected = false;
    const { request } = new URL(url).protocol === 'https:' ? https : http;
    const length = method === 'GET' ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
    const options = { method, headers: { ...headers, ...length }, signal, agent };
    const outgoing = request(url, options, (response) => {
      const { statusCode: status = 0, headers: given } = response;
      const answer = { kind: 'answered', status, retryAfter: given['retry-after'] ?? null } as const;
      // The status is the answer; a body that breaks off, or never ends, takes nothing from it.
      readSome(response).then(
        (text) => resolve({ ...answer, body: text }),
        () => resolve({ ...answer, body: '', brokeOff: true }),
      );
    });
    outgoing.on('socket', (socket) => {
      const sent = () => (connected = true);
      if (socket.connecting) socket.once(agentEvent(url), sent);
      else sent();
    });
    outgoing.on('error', fail);
    outgoing.end(body);
  });
}

/** Over TLS nothing of a request leaves before the handshake is done. */
function agentEvent(url: string): 'secureConnect' | 'connect' {
  return url.startsWith('https:') ? 'secureConnect' : 'connect';
}

async function readSome(response: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const parts: AsyncIterable<Buffer> = response;
  for await (const chunk of parts) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > ANSWER_BYTES) break;
  }
  response.destroy();
  return Buffer.concat(chunks).subarray(0, ANSWER_BYTES).toString('utf8');
}

/** Only codes leave: a message may quote the URL, which is a secret of its own where it leads to a chat. */
function failureOf(error: unknown, timedOut: boolean, connected: boolean): HttpAnswer {
  const of = (name: string): unknown =>
    typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
  if (/is not allowed\. Because/.test(String(of('message')))) {
    return { kind: 'not-sent', why: 'its host has an address that is not allowed', isBarred: true };
  }
  const { left, name } = networkFailure({ code: of('code'), syscall: of('syscall') });
  const why = timedOut ? 'time-out' : name;
  if (left && connected) return { kind: 'lost', why: `answer lost: ${why}` };
  return { kind: 'not-sent', why: `not reached: ${why}`, isBarred: false };
}
