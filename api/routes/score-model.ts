import { z } from 'zod';
import {
  compileModelNow,
  findScoreModel,
  saveScoreModel,
  type StoredScoreModel,
} from '../../prisma/stores/score-model';
import {
  findModelVersion,
  listModelVersions,
  publishScoreModel,
  type ModelPublished,
  type ModelVersionSummary,
} from '../../prisma/stores/score-model-versions';
import { scoreModelJsonSchema } from '../../workflows/scoring-model/json-schema';
import type { HandlerDeps } from '../deps';
import { changedMeanwhile, etagOf } from '../http/etag';
import { jsonObject } from '../http/json';
import { pageOf, pageQuery, readPage, toPage, versionKey } from '../http/paging';
import { notFound, type Problem } from '../http/problems';
import { ok, withHeaders, type Reply } from '../http/reply';
import { defineRoute, type Route } from '../http/route';
import { job, jobReply } from './jobs';
import { invalidDocument, validation } from './journeys';

const tag = 'Scores';
const instant = z.iso.datetime();
const version = z.object({ id: z.uuid(), number: z.int(), createdAt: instant }).meta({ id: 'ScoreModelVersion' });

const model = z
  .object({
    revision: z.int(),
    published: version.nullable().meta({ description: 'The version that counts' }),
    createdAt: instant,
    updatedAt: instant,
    document: z.string().meta({ description: 'The draft as its author wrote it: YAML or JSON' }),
  })
  .meta({ id: 'ScoreModel' });

export const modelBody = z.union([z.string().max(400_000), jsonObject]).meta({
  description: 'A score model: an object, or YAML 1.2 or JSON as text',
});

async function demandModel(db: HandlerDeps['db']): Promise<StoredScoreModel> {
  const found = await findScoreModel(db);
  if (!found) throw notFound('score model');
  return found;
}

async function present(db: HandlerDeps['db']): Promise<Reply> {
  const { draft, revision, publishedId, createdAt, updatedAt } = await demandModel(db);
  const published = publishedId === null ? null : await findModelVersion(db, { id: publishedId });
  const body = {
    ...{ revision, published: published && viewVersion(published), document: draft },
    ...{ createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() },
  };
  return withHeaders(ok(body), { ETag: etagOf(revision) });
}

function viewVersion({ id, number, createdAt }: ModelVersionSummary) {
  return { id, number, createdAt: createdAt.toISOString() };
}

/** A model's problems as those of the body's part `within`. */
export function invalidModel(problems: Parameters<typeof invalidDocument>[0], within = ''): Problem {
  return invalidDocument(problems, within, 'score-model-invalid');
}

const get = defineRoute({
  method: 'get',
  path: '/v1/score-model',
  summary: 'How points are given: the draft, and which version counts',
  tag,
  scope: 'read',
  answers: { 200: { description: "With the draft's ETag", schema: model, etag: true } },
  problems: ['not-found'],
  handler: (_request, { db }) => present(db),
});

const put = defineRoute({
  method: 'put',
  path: '/v1/score-model',
  summary: 'Store the draft of the score model',
  description: 'Nobody is scored by it until it is published.',
  tag,
  scope: 'author',
  body: z.strictObject({ document: modelBody }),
  answers: {
    200: { description: 'Stored', schema: model, etag: true },
    201: { description: 'The first one', schema: model, etag: true },
  },
  problems: ['score-model-invalid'],
  ifMatch: true,
  handler: async ({ body, expected }, { db }) => {
    const saved = await saveScoreModel(db, { source: body.document, ...(expected !== null && { expected }) });
    if (saved.kind === 'invalid') throw invalidModel(saved.problems, '/document');
    if (saved.kind === 'conflict') throw changedMeanwhile();
    const reply = await present(db);
    return saved.created ? { ...reply, status: 201 } : reply;
  },
});

const validate = defineRoute({
  method: 'post',
  path: '/v1/score-model/validate',
  reads: true,
  summary: 'Check a score model, or the stored draft, as publishing would',
  tag,
  scope: 'author',
  body: z.strictObject({ document: modelBody.optional() }),
  bodyOptional: true,
  answers: { 200: validation },
  problems: ['not-found'],
  handler: async ({ body }, { db }) => {
    const result = await compileModelNow(db, body.document ?? (await demandModel(db)).draft);
    return ok({ valid: result.ok, problems: result.ok ? [] : result.problems });
  },
});

const published = {
  version,
  created: z.boolean().meta({ description: 'False where the draft was published already' }),
};

const publish = defineRoute({
  method: 'post',
  path: '/v1/score-model/publish',
  summary: 'Make the draft the version that counts',
  description:
    'Everybody is counted anew by a job. Tiers, thresholds and readiness that change by that are no events, unless `tell` asks for them: then journeys, segments and sales hear of each. A draft that is published already is the same version.',
  tag,
  scope: 'author',
  body: z.strictObject({
    tell: z.boolean().default(false).meta({ description: 'Crossings that the new model makes are events' }),
  }),
  bodyOptional: true,
  answers: {
    200: {
      description: 'Nobody is counted anew: nothing is new, or there are no contacts',
      schema: z.object({ ...published, job: z.null() }).meta({ id: 'ScoreModelPublished' }),
    },
    202: {
      description: 'Published; follow the counting at `/v1/jobs/{id}`',
      schema: z.object({ ...published, job }).meta({ id: 'ScoreModelPublishedWithJob' }),
    },
  },
  problems: ['score-model-invalid', 'not-found'],
  ifMatch: true,
  handler: async ({ body: { tell }, expected, caller }, deps) => {
    const done = await publishScoreModel(deps.db, {
      ...{ tell, requestedBy: caller.keyId },
      ...(expected !== null && { expected }),
    });
    if (!done) throw notFound('score model');
    return replyTo(done, deps);
  },
});

async function replyTo(done: ModelPublished, deps: HandlerDeps): Promise<Reply> {
  if (done.kind === 'invalid') throw invalidModel(done.problems);
  if (done.kind === 'conflict') throw changedMeanwhile();
  const body = { version: viewVersion(done.version), created: done.created };
  return done.job ? jobReply(deps, done.job, body) : ok({ ...body, job: null });
}

const list = defineRoute({
  method: 'get',
  path: '/v1/score-model/versions',
  summary: 'Published versions of the score model',
  tag,
  scope: 'read',
  query: z.strictObject(pageQuery),
  answers: { 200: pageOf(version) },
  handler: async ({ query }, { db }) => {
    const { limit, after } = readPage(query, versionKey);
    const rows = await listModelVersions(db, { limit: limit + 1, ...(after !== null && { before: Number(after) }) });
    const page = toPage(rows, limit, ({ number }) => String(number));
    return ok({ ...page, data: page.data.map(viewVersion) });
  },
});

const getVersion = defineRoute({
  method: 'get',
  path: '/v1/score-model/versions/:number',
  summary: 'A score model as it was published',
  tag,
  scope: 'read',
  params: z.object({ number: z.coerce.number().int().min(1).max(1_000_000) }),
  answers: {
    200: z
      .object({
        ...{ id: z.uuid(), number: z.int(), sha256: z.string(), createdAt: instant },
        source: z.string().meta({ description: 'As its author wrote it: YAML or JSON' }),
        document: z.record(z.string(), z.unknown()),
        model: z.record(z.string(), z.unknown()).meta({ description: 'As it counts: periods in milliseconds' }),
      })
      .meta({ id: 'ScoreModelVersionWithDocument' }),
  },
  handler: async ({ params: { number } }, { db }) => {
    const found = await findModelVersion(db, { number });
    if (!found) throw notFound('version');
    const { sha256, source, document: content, model: compiled } = found;
    return ok({ ...viewVersion(found), sha256, source, document: content, model: compiled });
  },
});

const schema = defineRoute({
  method: 'get',
  path: '/v1/score-model-schema',
  summary: 'JSON Schema of the score model, for editors',
  tag,
  scope: null,
  answers: { 200: { description: 'JSON Schema 2020-12', schema: z.record(z.string(), z.unknown()) } },
  handler: () => ok(scoreModelJsonSchema()),
});

export const scoreModelRoutes: readonly Route[] = [get, put, validate, publish, list, getVersion, schema];
