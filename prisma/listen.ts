import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { poolConfig } from './client';

/** What is told about by NOTIFY: events to process, what is owed to Temporal, and that settings have changed. */
export type Channel = 'nurture_event' | 'nurture_dispatch' | 'nurture_settings';

export interface Listener {
  stop(): Promise<void>;
}

const RECONNECT_MS = 1_000;

/**
 * Calls back when somebody notifies one of the channels, and after each reconnect, since something may have been
 * missed. A connection of its own; whoever relies on it polls as well, as a net.
 */
export function listen(url: string, callbacks: Partial<Record<Channel, () => void>>): Listener {
  const stopped = new AbortController();
  const running = keepListening(url, callbacks, stopped.signal);
  return {
    stop: async () => {
      stopped.abort();
      await running;
    },
  };
}

async function keepListening(url: string, callbacks: Partial<Record<Channel, () => void>>, signal: AbortSignal) {
  while (!signal.aborted) {
    await listenOnce(url, callbacks, signal).catch(() => undefined);
    if (!signal.aborted) await pause(RECONNECT_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** Until the connection ends or is told to. */
async function listenOnce(url: string, callbacks: Partial<Record<Channel, () => void>>, signal: AbortSignal) {
  const { max: _, idleTimeoutMillis: __, ...config } = poolConfig(url);
  const client = new pg.Client(config);
  const ended = new Promise<void>((resolve) => {
    client.once('end', resolve);
    client.once('error', () => resolve());
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  try {
    await client.connect();
    client.on('notification', ({ channel }) => callbacks[channel as Channel]?.());
    for (const channel of Object.keys(callbacks)) await client.query(`listen ${client.escapeIdentifier(channel)}`);
    for (const callback of Object.values(callbacks)) callback();
    await ended;
  } finally {
    await client.end().catch(() => undefined);
  }
}
