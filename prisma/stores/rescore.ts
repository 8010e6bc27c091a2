import type { Tx } from '../client';
import { createJob, type Job } from './jobs';

export interface RescoreAsked {
  /** The version to count by. */
  versionId: string;
  /** Whether crossings are events. */
  tell: boolean;
  /** The API key that asks. */
  requestedBy: string | null;
}

/** Writes the job that counts everybody anew. Whoever asks starts its workflow after the commit. */
export async function askRescore(tx: Tx, { versionId, tell, requestedBy }: RescoreAsked): Promise<Job> {
  return createJob(tx, { kind: 'rescore', input: { versionId, tell }, requestedBy });
}
