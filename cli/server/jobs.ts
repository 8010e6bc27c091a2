import { z } from 'zod';
import { setTimeout as pause } from 'node:timers/promises';
import type { Output } from '../output';
import type { Server } from './client';

const job = z.object({
  id: z.string(),
  state: z.enum(['queued', 'running', 'done', 'failed', 'cancelled']),
  progress: z.record(z.string(), z.int()),
  error: z.string().nullable(),
});
export type Job = z.infer<typeof job>;

const EVERY_MS = 500;

/** Follows work on many people to its end, and tells how far it is whenever that changes. */
export async function followJob(server: Server, id: string, out: Output): Promise<Job> {
  let told = '';
  for (;;) {
    const now = job.parse((await server.call('GET', `/v1/jobs/${id}`)).body);
    const progress = progressOf(now);
    if (progress !== told) out.tell(`  ${progress}`);
    told = progress;
    if (now.state !== 'queued' && now.state !== 'running') return now;
    await pause(EVERY_MS);
  }
}

function progressOf({ state, progress }: Job): string {
  const counts = Object.entries(progress).map(([name, number]) => `${number} ${name}`);
  return [state, ...counts].join(', ');
}
