import { z } from 'zod';
import {
  createJob,
  endJob,
  findJob,
  jobStates,
  listJobs,
  listRefusals,
  type Job,
  type NewJob,
} from '../../prisma/stores/jobs';
import { jobWorkflows, type JobKind } from '../../workflows/contract/jobs';
import type { HandlerDeps } from '../deps';
import type { Caller } from '../http/auth';
import { pageOf, pageQuery, readPage, toPage, uuidKey } from '../http/paging';
import { notFound, Problem } from '../http/problems';
import { ok, type Reply } from '../http/reply';
import { defineRoute, type Route } from '../http/route';

const params = z.object({ id: z.uuid() });
const instant = z.iso.datetime();
const kinds = Object.keys(jobWorkflows) as JobKind[]; // the keys of our own table

export const job = z
  .object({
    id: z.uuid(),
    kind: z.enum(kinds),
    state: z.enum(jobStates),
    progress: z
      .record(z.string(), z.int())
      .meta({ description: '`total` and `done` where they are known, `refused`, and what the kind counts besides' }),
    result: z.unknown(),
    error: z.string().nullable(),
    requestedBy: z.uuid().nullable().meta({ description: 'The API key that asked for it' }),
    createdAt: instant,
    startedAt: instant.nullable(),
    finishedAt: instant.nullable(),
  })
  .meta({ id: 'Job', description: 'Work on many people, done page by page' });

/** What a route that makes a job answers, and what its `answers` say. */
export const jobAccepted = {
  202: { description: 'Accepted: follow it at `/v1/jobs/{id}`', schema: z.object({ job }) },
};

/** Writes the job, starts its workflow and answers 202. While Temporal is away the job waits. */
export async function acceptJob(deps: HandlerDeps, caller: Caller, spec: Omit<NewJob, 'requestedBy'>): Promise<Reply> {
  return jobReply(deps, await createJob(deps.db, { ...spec, requestedBy: caller.keyId }));
}

/** The same for a job that is written already; `beside` it, what else is answered. */
export async function jobReply(deps: HandlerDeps, row: Job, beside: object = {}): Promise<Reply> {
  await startJob(deps, row);
  return { status: 202, body: { ...beside, job: jobView(row) }, headers: { Location: `/v1/jobs/${row.id}` } };
}

async function startJob({ control, log }: HandlerDeps, { kind, id }: Job): Promise<void> {
  try {
    await control.startJob(kind, id);
  } catch (error) {
    log.warn({ jobId: id, error: error instanceof Problem ? error.code : 'unknown' }, 'job not started: a sweep does');
  }
}

export function jobView({ createdAt, startedAt, finishedAt, ...row }: Job) {
  const { id, kind, state, progress, result, error, requestedBy } = row;
  return {
    ...{ id, kind, state, progress, result, error, requestedBy },
    createdAt: createdAt.toISOString(),
    startedAt: startedAt?.toISOString() ?? null,
    finishedAt: finishedAt?.toISOString() ?? null,
  };
}

async function demandJob({ db }: HandlerDeps, id: string): Promise<Job> {
  const row = await findJob(db, id);
  if (!row) throw notFound('job');
  return row;
}

const list = defineRoute({
  method: 'get',
  path: '/v1/jobs',
  summary: 'Work on many people',
  tag: 'Jobs',
  scope: 'read',
  query: z.strictObject({ ...pageQuery, kind: z.enum(kinds).optional(), state: z.enum(jobStates).optional() }),
  answers: { 200: pageOf(job) },
  handler: async ({ query }, { db }) => {
    const { limit, after } = readPage(query, uuidKey);
    const page = toPage(await listJobs(db, query, { after, limit: limit + 1 }), limit, (row) => row.id);
    return ok({ ...page, data: page.data.map(jobView) });
  },
});

const get = defineRoute({
  method: 'get',
  path: '/v1/jobs/:id',
  summary: 'How far a job is',
  tag: 'Jobs',
  scope: 'read',
  params,
  answers: { 200: job },
  handler: async ({ params: { id } }, deps) => ok(jobView(await demandJob(deps, id))),
});

const refusals = defineRoute({
  method: 'get',
  path: '/v1/jobs/:id/refusals',
  summary: 'What a job could not do, and why',
  tag: 'Jobs',
  scope: 'read',
  params,
  query: z.strictObject(pageQuery),
  answers: {
    200: pageOf(
      z
        .object({
          subject: z.string().meta({ description: 'The id of the enrollment or contact, or the number of the line' }),
          reason: z.string(),
        })
        .meta({ id: 'JobRefusal' }),
    ),
  },
  handler: async ({ params: { id }, query }, deps) => {
    await demandJob(deps, id);
    const { limit, after } = readPage(query, /^[\w-]{1,64}$/);
    const rows = await listRefusals(deps.db, id, { after, limit: limit + 1 });
    return ok(toPage(rows, limit, (row) => row.subject));
  },
});

const cancel = defineRoute({
  method: 'post',
  path: '/v1/jobs/:id/cancel',
  summary: 'Stop a job',
  description: 'The page under way is finished. What was done stays done.',
  tag: 'Jobs',
  scope: 'operate',
  params,
  bodyOptional: true,
  body: z.strictObject({}),
  answers: { 200: job },
  problems: ['not-allowed-now'],
  handler: async ({ params: { id } }, deps) => {
    await demandJob(deps, id);
    const row = await endJob(deps.db, id, { state: 'cancelled' });
    if (!row) throw new Problem('not-allowed-now', 'This job is over.');
    return ok(jobView(row));
  },
});

export const jobRoutes: readonly Route[] = [list, get, refusals, cancel];
