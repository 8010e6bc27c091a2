import { setTimeout as sleep } from 'node:timers/promises';

/** Calls `probe` until it answers something truthy; throws with `what` after `timeoutMs`. */
export async function poll<T>(
  what: string,
  probe: () => Promise<T | null | undefined | false> | T | null | undefined | false,
  { timeoutMs = 10_000, everyMs = 20 } = {},
): Promise<T> {
  for (const end = performance.now() + timeoutMs; ; await sleep(everyMs)) {
    const value = await probe();
    if (value) return value;
    if (performance.now() > end) throw new Error(`waited ${timeoutMs} ms in vain for ${what}`);
  }
}
