import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { Db } from '../../prisma/client';
import type { Job, JobPage } from '../../prisma/stores/jobs';
import type { Settings } from '../../prisma/stores/settings';
import type { EnrichmentPort } from '../providers/enrichment/port';

export interface JobDeps {
  db: Db;
  log: Logger;
  client: Client;
  settings: () => Promise<Settings>;
  /** Wakes the dispatcher: a start or a wake-up was written. */
  announceDispatch: () => void;
  /** Whom companies are asked of; null where nobody is configured. */
  enrichment?: EnrichmentPort | null;
}

/** What a page came to: how far it got. Undefined counts as nothing done there. */
export type PageDone = Omit<JobPage, 'from'> & {
  /** Wait so long before the next one, in milliseconds. */
  afterMs?: number;
};

/**
 * Does the page that begins at the job's cursor. It may be asked for again after a kill, so what it does to somebody must
 * be harmless twice, or be written in one transaction with `advanceJob`: then it answers null.
 */
export type PageOf = (deps: JobDeps, job: Job) => Promise<PageDone | null>;
