import { createHash } from 'node:crypto';

/** Which of the 64 queues an event waits in, by its leading key: events of one person wait in one. */
export function bucketOf(key: string): number {
  return createHash('sha256').update(key).digest().readUInt32BE(0) % 64;
}
