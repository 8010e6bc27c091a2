// The fake SendGrid as a process of its own, for tests that kill the others: prints its address, answers its inbox at
// GET /inbox, takes scripts at POST /script, and tells a webhook at POST /emit {webhookUrl, events}.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startFakeSendGrid, type Script } from './fake-sendgrid';

void main();

async function main(): Promise<void> {
  const fake = await startFakeSendGrid({ port: Number(process.argv[2] ?? 0) });
  const control = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      void obey(request.url, Buffer.concat(chunks).toString('utf8')).then((answer) => {
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
      });
    });
  });
  await new Promise<void>((resolve) => control.listen(0, '127.0.0.1', resolve));
  const controlUrl = `http://127.0.0.1:${(control.address() as AddressInfo).port}`;
  const { url, apiKey, publicKey } = fake;
  process.stdout.write(`${JSON.stringify({ url, controlUrl, apiKey, publicKey })}\n`);
  const stop = () => {
    control.close();
    void fake.stop();
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);

  async function obey(path: string | undefined, body: string): Promise<object> {
    if (path === '/emit') {
      const { webhookUrl, events } = JSON.parse(body) as Emission;
      return { statuses: await fake.emit(webhookUrl, events) };
    }
    if (path === '/script') apply(JSON.parse(body) as Order);
    return { calls: fake.calls, sends: Object.fromEntries(fake.counts()) };
  }

  function apply({ next = [], otherwise, delayMs }: Order): void {
    fake.script(...next);
    if (otherwise) fake.otherwise = otherwise;
    if (delayMs !== undefined) fake.delayMs = delayMs;
  }
}

interface Emission {
  webhookUrl: string;
  events: string[];
}

interface Order {
  next?: Script[];
  otherwise?: Script;
  delayMs?: number;
}
