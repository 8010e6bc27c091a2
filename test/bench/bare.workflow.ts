import { condition, defineSignal, proxyActivities, proxyLocalActivities, setHandler } from '@temporalio/workflow';

export const go = defineSignal('go');

interface Effects {
  nothing(): Promise<void>;
  reached(id: string): Promise<void>;
}
const local = proxyLocalActivities<Effects>({ startToCloseTimeout: '5 s' });
const remote = proxyActivities<Effects>({ taskQueue: 'bare-delivery', startToCloseTimeout: '30 s' });

/** As many activities as a journey has up to its first rest, and then one more on a signal; none of them does anything. */
export async function bare(id: string): Promise<void> {
  let woken = false;
  setHandler(go, () => void (woken = true));
  await local.nothing();
  await remote.reached(id);
  await local.nothing();
  await condition(() => woken);
  await remote.reached(id);
}
