import { setTimeout as sleep } from 'node:timers/promises';
import { testTemporal } from './temporal';

/** Actions that the server has counted in a namespace. Its counter lags: it is read until it has stood still. */
export async function actionsOf(namespace: string): Promise<number> {
  let last = 0;
  for (let still = 0; still < 10;) {
    const now = await read(namespace);
    still = now > 0 && now === last ? still + 1 : 0;
    last = now;
    await sleep(200);
  }
  return last;
}

async function read(namespace: string): Promise<number> {
  const text = await (await fetch(testTemporal().metricsUrl)).text();
  // Prometheus labels of the server have no hyphens.
  const label = `namespace="${namespace.replaceAll('-', '_')}"`;
  const lines = text.split('\n').filter((line) => line.startsWith('action{') && line.includes(label));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}
