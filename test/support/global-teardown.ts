import { rmSync } from 'node:fs';
import { running } from './running';

export default async function globalTeardown(): Promise<void> {
  await running.postgres?.stop();
  if (running.dir) rmSync(running.dir, { recursive: true, force: true });
}
