import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the next call meets. It is taken by `accept` and by `accept-then-reset`, whose answer is lost. */
export type Fault =
  | { kind: 'accept' }
  | { kind: 'refuse'; status: number; body?: string; headers?: Record<string, string> }
  | { kind: 'hang' }
  | { kind: 'reset' }
  | { kind: 'accept-then-reset' };

export interface Call {
  path: string;
  headers: Record<string, string>;
  body: string;
}

export interface FakeServer {
  url: string;
  /** What was taken. */
  taken: Call[];
  /** Requests of any kind. */
  calls: number;
  /** For the next calls, one each; then everything is accepted again. */
  script(...faults: Fault[]): void;
  stop(): Promise<void>;
}

/** Answers a call that was taken. */
export type Accept = (call: Call, response: ServerResponse) => void;

/** A provider on loopback: takes calls, or fails as told. It remembers no ids: what it takes twice stands there twice. */
export async function startFakeServer(accept: Accept): Promise<FakeServer> {
  const queue: Fault[] = [];
  const listener: RequestListener = (request, response) => void meet(request, response);
  const server = createServer(listener);
  const fake: FakeServer = {
    url: '',
    taken: [],
    calls: 0,
    script: (...faults) => void queue.push(...faults),
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  async function meet(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = { path: request.url ?? '', headers: headersOf(request), body: await bodyOf(request) };
    fake.calls += 1;
    perform(queue.shift() ?? { kind: 'accept' }, call, response);
  }
  function perform(fault: Fault, call: Call, response: ServerResponse): void {
    if (fault.kind === 'accept' || fault.kind === 'accept-then-reset') fake.taken.push(call);
    if (fault.kind === 'accept') return accept(call, response);
    if (fault.kind === 'refuse') return void response.writeHead(fault.status, fault.headers).end(fault.body ?? '');
    if (fault.kind !== 'hang') response.socket?.resetAndDestroy();
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  fake.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return fake;
}

function headersOf({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat().join(', ')]));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
