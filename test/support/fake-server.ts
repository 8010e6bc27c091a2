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

/** Takes a call, and says what it is answered; by `accept-then-reset` nobody hears that. */
export type Accept = (call: Call) => { status: number; headers?: Record<string, string>; body?: string };

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
    const isTaken = fault.kind === 'accept' || fault.kind === 'accept-then-reset';
    if (isTaken) fake.taken.push(call);
    const answer = isTaken ? accept(call) : fault.kind === 'refuse' ? fault : null;
    if (fault.kind === 'hang') return;
    if (!answer || fault.kind === 'accept-then-reset') return void response.socket?.resetAndDestroy();
    response.writeHead(answer.status, answer.headers).end(answer.body ?? '');
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
