import { createServer, type Server } from 'node:net';
import { choosePort } from '../../../stack/servers';

const servers: Server[] = [];
afterAll(() => servers.forEach((server) => server.close()));

function takenPort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    servers.push(server);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    });
  });
}

test('another port is said aloud', async () => {
  const port = await takenPort();
  const said: string[] = [];
  const chosen = await choosePort({ port, fixedBy: null, what: 'the API' }, (line) => said.push(line));
  expect(chosen).toBeGreaterThan(port);
  expect(said).toEqual([`port ${port} is taken: the API is at port ${chosen}`]);
});

test('a port asked for by name is an error', async () => {
  const port = await takenPort();
  const choosing = choosePort({ port, fixedBy: 'PORT', what: 'the API' }, () => undefined);
  await expect(choosing).rejects.toThrow(`port ${port} is taken: end what listens there, or set PORT to another port`);
});

test('a port promised to somebody else is taken', async () => {
  const port = await takenPort();
  servers.pop()?.close();
  const chosen = await choosePort({ port, fixedBy: null, what: 'the UI', taken: [port] }, () => undefined);
  expect(chosen).toBeGreaterThan(port);
});

test('port 0 is any', async () => {
  expect(await choosePort({ port: 0, fixedBy: 'PORT', what: 'the API' }, () => undefined)).toBeGreaterThan(0);
});
