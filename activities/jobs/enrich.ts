import { z } from 'zod';
import {
  askLater,
  companiesToEnrich,
  countToEnrich,
  keepAnswer,
  markAsked,
  readAnswer,
  type KnownFacts,
} from '../../prisma/stores/companies/enrichment';
import { teachCompanies } from '../../prisma/stores/companies/teach';
import { endJob, type JobProgress } from '../../prisma/stores/jobs';
import type { EnrichmentAnswer, EnrichmentPort } from '../providers/enrichment/port';
import type { JobDeps, PageDone, PageOf } from './page';

const PAGE = 25;
/** Asked at the same time: providers count requests. */
const AT_ONCE = 5;
/** How often a company is asked about that the provider cannot answer now; then the job goes on without it. */
const TRIES = 5;
/** Of so many companies one after the other it said nothing: then it is the provider that is away. */
const SILENT = 3;

const input = z.object({ companyIds: z.array(z.string()).optional(), isNew: z.boolean().optional() });
/** Behind which company the next page begins, how often its first was asked about in vain, and how many were before it. */
const cursor = z.object({ after: z.string().nullable(), tries: z.int(), silent: z.int().default(0) });

interface About {
  id: string;
  domain: string;
}

/** Asks the provider about the next companies, and fills their empty fields. */
export const enrichPage: PageOf = async (deps, job): Promise<PageDone | null> => {
  const { db, enrichment } = deps;
  if (!enrichment) return fail(deps, job.id, 'ENRICHMENT_URL is not set: there is nobody to ask');
  const { companyIds = null, isNew = false } = input.parse(job.input);
  const which = { ids: companyIds, isNew };
  const from = cursor.parse(job.cursor === null ? { after: null, tries: 0 } : JSON.parse(job.cursor));
  const total: JobProgress = job.cursor === null ? { total: await countToEnrich(db, which) } : {};
  const companies = await companiesToEnrich(db, which, { after: from.after, limit: PAGE });
  const page: Settled = {
    ...from,
    counts: { ...total, done: 0, found: 0, unknown: 0 },
    refused: [],
    waits: 0,
    stop: null,
  };
  for (let i = 0; i < companies.length && page.waits === 0 && page.stop === null; i += AT_ONCE) {
    const few = companies.slice(i, i + AT_ONCE);
    const answers = await Promise.all(few.map((company) => ask(deps, enrichment, company)));
    for (const [n, company] of few.entries()) await settle(deps, page, { company, answer: answers[n] });
  }
  if (page.stop !== null) return fail(deps, job.id, page.stop);
  const { after, tries, silent, waits, counts, refused } = page;
  const to = companies.length < PAGE && waits === 0 ? null : JSON.stringify({ after, tries, silent });
  return { to, counts, refused, ...(waits > 0 && { afterMs: waits }) };
};

async function fail({ db }: JobDeps, jobId: string, error: string): Promise<null> {
  await endJob(db, jobId, { state: 'failed', error });
  return null;
}

/** From the cache, or from the provider, whose answer is kept. */
async function ask({ db }: JobDeps, port: EnrichmentPort, { domain }: About): Promise<EnrichmentAnswer> {
  const about = { provider: port.name, domain };
  const known = await readAnswer(db, { ...about, at: new Date() });
  if (known !== undefined) return answerOf(known);
  const answer = await port.about(domain);
  const at = new Date();
  if (answer.kind === 'found') await keepAnswer(db, { ...about, at, answer: { ...answer.facts } });
  if (answer.kind === 'unknown') await keepAnswer(db, { ...about, at, answer: null });
  return answer;
}

function answerOf(known: KnownFacts): EnrichmentAnswer {
  return known === null ? { kind: 'unknown' } : { kind: 'found', facts: known };
}

interface Settled {
  counts: JobProgress;
  refused: { subject: string; reason: string }[];
  /** The last company that is done with, and how often the next one was asked about in vain. */
  after: string | null;
  tries: number;
  /** How many of the last companies the provider said nothing of. */
  silent: number;
  /** Before the next page, in milliseconds. */
  waits: number;
  /** Why the job cannot go on. */
  stop: string | null;
}

/** What comes behind a company that must wait is left to the next page: its answer is in the cache by then. */
async function settle(
  deps: JobDeps,
  page: Settled,
  { company, answer }: { company: About; answer: EnrichmentAnswer | undefined },
): Promise<void> {
  if (!answer || page.waits > 0 || page.stop !== null) return;
  if (answer.kind === 'refused') {
    page.stop = answer.why;
  } else if (answer.kind === 'later' && page.tries < TRIES) {
    page.waits = answer.afterMs;
    page.tries += 1;
  } else {
    if (answer.kind !== 'later') await write(deps, company, answer);
    else await askLater(deps.db, company.id, new Date());
    page.silent = answer.kind === 'later' ? page.silent + 1 : 0;
    if (answer.kind === 'later' && page.silent >= SILENT) page.stop = `the provider did not answer: ${answer.why}`;
    if ('why' in answer) page.refused.push({ subject: company.id, reason: answer.why });
    else page.counts[answer.kind] = (page.counts[answer.kind] ?? 0) + 1;
    page.counts['done'] = (page.counts['done'] ?? 0) + 1;
    Object.assign(page, { after: company.id, tries: 0 });
  }
}

async function write({ db, settings }: JobDeps, { id }: About, answer: EnrichmentAnswer): Promise<void> {
  await markAsked(db, id, new Date());
  if (answer.kind !== 'found') return;
  const said = { fields: answer.facts, traits: {}, from: 'enrichment' as const };
  await teachCompanies(db, [{ companyId: id, said, hops: 1 }], await settings());
}
