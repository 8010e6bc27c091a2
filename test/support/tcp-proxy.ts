import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Stands before a server and can take it away, as networks and restarts do. */
export interface TcpProxy {
  /** The same address by way of the proxy. */
  through(url: string): string;
  /** Connections that somebody tried to make. */
  tried: number;
  /** Every connection breaks, and new ones break at once. */
  cut(): void;
  /** Nothing breaks, and nothing comes through: a network that has lost us. */
  mute(): void;
  /** As if nothing had been; what was muted breaks. */
  mend(): void;
  stop(): Promise<void>;
}

/** Forwards a port of its own on loopback to the server that `url` names. */
export async function startTcpProxy(url: string): Promise<TcpProxy> {
  const target = { host: new URL(url).hostname, port: Number(new URL(url).port) };
  const sockets = new Set<Socket>();
  let mood: 'open' | 'cut' | 'mute' = 'open';
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
  };
  const breakAll = () => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  const server = createServer((incoming) => {
    proxy.tried += 1;
    keep(incoming);
    if (mood === 'cut') incoming.resetAndDestroy();
    if (mood !== 'open') return;
    const outgoing = connect(target);
    keep(outgoing);
    incoming.pipe(outgoing).pipe(incoming);
    incoming.once('close', () => outgoing.destroy());
    outgoing.once('close', () => incoming.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const proxy: TcpProxy = {
    through: (other) => Object.assign(new URL(other), { host: `127.0.0.1:${port}` }).href,
    tried: 0,
    cut: () => {
      mood = 'cut';
      breakAll();
    },
    mute: () => {
      mood = 'mute';
      for (const socket of sockets) socket.unpipe().pause();
    },
    mend: () => {
      if (mood === 'mute') breakAll();
      mood = 'open';
    },
    stop: async () => {
      breakAll();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  return proxy;
}
