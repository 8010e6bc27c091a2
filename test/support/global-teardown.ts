import { rmSync } from 'node:fs';
import { running } from './running';

export default async function globalTeardown(): Promise<void> {
  await Promise.all([running.postgres?.stop(), running.temporal?.stop()]);
  if (running.dir) rmSync(running.dir, { recursive: true, force: true });
}
