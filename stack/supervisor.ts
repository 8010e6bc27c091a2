import { setTimeout as sleep } from 'node:timers/promises';
import { reasonOf } from '../prisma/error-reason';
import type { GuardedProcess } from './guarded-process';

export interface Supervised {
  /** Ends it for good. */
  stop: () => Promise<void>;
}

export interface SupervisedSpec {
  name: string;
  start: () => Promise<GuardedProcess>;
  say: (line: string) => void;
}

const SHORTEST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 10_000;
/** A server that lived this long starts again with the shortest pause. */
const STEADY_MS = 60_000;

/** Starts a server and starts it again whenever it dies, more slowly each time it dies young. The first start may throw. */
export async function supervise(spec: SupervisedSpec): Promise<Supervised> {
  const ending = new AbortController();
  let server: GuardedProcess | null = await spec.start();
  const watching = watch();

  async function watch(): Promise<void> {
    let pauseMs = SHORTEST_PAUSE_MS;
    while (server) {
      const began = performance.now();
      await server.exited;
      if (ending.signal.aborted) return;
      if (performance.now() - began > STEADY_MS) pauseMs = SHORTEST_PAUSE_MS;
      spec.say(`${spec.name} ended unexpectedly; starting it again`);
      ({ server, pauseMs } = await startAgain(pauseMs));
      if (ending.signal.aborted) return server?.stop(); // it was being started when the end came
    }
  }

  async function startAgain(firstPauseMs: number): Promise<{ server: GuardedProcess | null; pauseMs: number }> {
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      await sleep(pauseMs, undefined, { signal: ending.signal }).catch(() => undefined);
      if (ending.signal.aborted) return { server: null, pauseMs };
      try {
        return { server: await spec.start(), pauseMs: Math.min(pauseMs * 2, LONGEST_PAUSE_MS) };
      } catch (error) {
        spec.say(`${spec.name} did not start: ${reasonOf(error)}`);
      }
    }
  }

  return {
    stop: async () => {
      ending.abort();
      await server?.stop();
      await watching;
    },
  };
}
