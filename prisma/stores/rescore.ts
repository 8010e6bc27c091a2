import type { Tx } from '../client';
import { countContacts } from './contact-pages';
import { createJob, type Job } from './jobs';

export interface RescoreAsked {
  /** The version to count by. */
  versionId: string;
  /** The API key that asks. */
  requestedBy: string | null;
}

/** Writes the job that counts everybody anew. Whoever asks starts its workflow after the commit. */
export async function askRescore(tx: Tx, { versionId, requestedBy }: RescoreAsked): Promise<Job> {
  const total = await countContacts(tx);
  return createJob(tx, { kind: 'rescore', input: { versionId }, progress: { total, done: 0 }, requestedBy });
}
