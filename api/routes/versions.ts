import { z } from 'zod';
import { checkText } from '../../messages/check-text';
import {
  findVersion,
  listVersions,
  numberOf,
  publishJourney,
  type Published,
} from '../../prisma/stores/journey-versions';
import { findPlan } from '../../prisma/stores/plans';
import { compareVersions } from '../../workflows/domain/versions/compare';
import { isSame } from '../../workflows/domain/versions/equal';
import type { Graph } from '../../workflows/journeys/graph';
import type { HandlerDeps } from '../deps';
import { changedMeanwhile } from '../http/etag';
import { pageOf, pageQuery, readPage, toPage, versionKey } from '../http/paging';
import { notFound, Problem } from '../http/problems';
import { ok, type Reply } from '../http/reply';
import { defineRoute, type Route } from '../http/route';
import { job, jobReply } from './jobs';
import { demandJourney, invalidDocument, journeyParams as params } from './journeys';
import { change, difference, stepMapping } from './plan-view';
import { preparedFor } from './plans';
import { plainJson } from '../../workflows/domain/json';

const tag = 'Journeys';
const instant = z.iso.datetime();
const version = z.object({ id: z.uuid(), number: z.int(), createdAt: instant }).meta({ id: 'JourneyVersion' });
const published = { key: z.string(), version, created: z.boolean() };

const publishBody = z.strictObject({
  plan: z.uuid().optional().meta({ description: 'The plan that was shown' }),
  people: z.enum(['stay', 'move', 'end']).default('stay'),
  steps: stepMapping.optional().meta({ description: "The plan's own, said once more" }),
});

const publish = defineRoute({
  method: 'post',
  path: '/v1/journeys/:key/publish',
  summary: 'Make the draft the version that lets people in',
  description:
    'Who is inside stays in the version they entered, unless the plan that was shown says otherwise: `move` takes them to the new version, `end` has them leave with outcome `ended-by-plan`. Either is a job. A plan is refused when the draft, a template or the published version has changed since; who came or went meanwhile does not matter.',
  tag,
  scope: 'author',
  params,
  body: publishBody,
  bodyOptional: true,
  answers: {
    200: z.object(published).meta({ id: 'Published' }),
    202: {
      description: 'Published; follow what becomes of the people inside at `/v1/jobs/{id}`',
      schema: z.object({ ...published, job }).meta({ id: 'PublishedWithJob' }),
    },
  },
  problems: ['journey-invalid', 'precondition-failed', 'plan-outdated', 'plan-needed', 'plan-incomplete'],
  ifMatch: true,
  handler: async ({ params: { key }, body, expected, caller }, deps) => {
    await demandPlan(deps, key, body);
    const { plan: id, people } = body;
    const done = await publishJourney(deps.db, key, {
      ...{ checkText, requestedBy: caller.keyId, at: deps.now() },
      ...(expected !== null && { expected }),
      ...(id !== undefined && { plan: { id, people } }),
    });
    if (!done) throw notFound('journey');
    return replyTo(key, done, deps);
  },
});

/** People are moved or ended only as they were shown. */
async function demandPlan(
  { db }: HandlerDeps,
  key: string,
  { plan: id, people, steps }: z.output<typeof publishBody>,
): Promise<void> {
  if (id === undefined) {
    if (people === 'stay' && steps === undefined) return;
    throw new Problem('plan-needed', `First ask for a plan: POST /v1/journeys/${key}/plan.`);
  }
  const plan = await findPlan(db, key, id);
  if (!plan) throw new Problem('plan-outdated', 'There is no such plan of this journey.');
  if (steps !== undefined && !isSame(steps, plan.steps))
    throw new Problem('plan-outdated', 'The plan was made for another mapping of steps.');
  const gone = people === 'move' ? plan.summary.totals.move.gone : 0;
  if (gone > 0)
    throw new Problem(
      'plan-incomplete',
      `${gone} people are at steps that are gone: map these steps, or map them to null.`,
    );
}

async function replyTo(key: string, done: Published, deps: HandlerDeps): Promise<Reply> {
  if (done.kind === 'invalid') throw invalidDocument(done.problems);
  if (done.kind === 'conflict') throw changedMeanwhile();
  if (done.kind === 'outdated') throw new Problem('plan-outdated', `Ask for a new plan: ${done.why}.`);
  const { version: made, created } = done;
  const body = { key, version: { ...made, createdAt: made.createdAt.toISOString() }, created };
  return done.job ? jobReply(deps, done.job, body) : ok(body);
}

const list = defineRoute({
  method: 'get',
  path: '/v1/journeys/:key/versions',
  summary: 'Published versions',
  tag,
  scope: 'read',
  params,
  query: z.strictObject(pageQuery),
  answers: { 200: pageOf(version) },
  handler: async ({ params: { key }, query }, { db }) => {
    await demandJourney(db, key);
    const { limit, after } = readPage(query, versionKey);
    const rows = await listVersions(db, key, { limit: limit + 1, ...(after !== null && { before: Number(after) }) });
    const page = toPage(rows, limit, ({ number }) => String(number));
    return ok({ ...page, data: page.data.map((row) => ({ ...row, createdAt: row.createdAt.toISOString() })) });
  },
});

const number = z.coerce.number().int().min(1).max(1_000_000);

const get = defineRoute({
  method: 'get',
  path: '/v1/journeys/:key/versions/:number',
  summary: 'A version as it was published',
  tag,
  scope: 'read',
  params: z.object({ ...params.shape, number }),
  answers: {
    200: z
      .object({
        ...{ id: z.uuid(), number: z.int(), sha256: z.string(), createdAt: instant },
        source: z.string().meta({ description: 'As its author wrote it: YAML or JSON' }),
        document: z.record(z.string(), z.unknown()),
        graph: z.record(z.string(), z.unknown()).meta({ description: 'As it runs' }),
      })
      .meta({ id: 'JourneyVersionWithDocument' }),
  },
  handler: async ({ params: { key, number: wanted } }, { db }) => {
    const found = await findVersion(db, key, wanted);
    if (!found) throw notFound('version');
    const { id, sha256, createdAt, source, document: content, graph } = found;
    return ok({ id, number: wanted, sha256, createdAt: createdAt.toISOString(), source, document: content, graph });
  },
});

const side = z.union([z.literal('draft'), number]);

const diff = defineRoute({
  method: 'get',
  path: '/v1/journeys/:key/diff',
  summary: 'What differs between two versions',
  description: 'Numbers of versions, or `draft`. Without `from` it is the published version, without `to` the draft.',
  tag,
  scope: 'read',
  params,
  query: z.strictObject({ from: side.optional(), to: side.default('draft') }),
  answers: {
    200: z
      .object({
        ...{ from: z.union([z.int(), z.literal('draft')]), to: z.union([z.int(), z.literal('draft')]) },
        same: z.boolean(),
        ...{ steps: z.array(change), journey: z.array(difference) },
      })
      .meta({ id: 'VersionDiff' }),
  },
  problems: ['journey-invalid'],
  handler: async ({ params: { key }, query }, deps) => {
    const from = query.from ?? (await publishedNumber(deps, key));
    const [before, now] = [await graphAt(deps, key, from), await graphAt(deps, key, query.to)];
    const { steps, journey } = compareVersions(before, now);
    const changed = steps.filter((step) => step.change !== 'same');
    const same = changed.length === 0 && journey.length === 0;
    // As JSON text and back: what is undefined is not there.
    return ok(plainJson({ from, to: query.to, same, steps: changed, journey }));
  },
});

async function publishedNumber({ db }: HandlerDeps, key: string): Promise<number> {
  const { publishedId } = await demandJourney(db, key);
  if (publishedId === null) throw notFound('published version');
  return numberOf(db, publishedId);
}

async function graphAt(deps: HandlerDeps, key: string, at: 'draft' | number): Promise<Graph> {
  if (at === 'draft') return (await preparedFor(deps, key)).graph;
  const found = await findVersion(deps.db, key, at);
  if (!found) throw notFound(`version ${at}`);
  return found.graph;
}

export const versionRoutes: readonly Route[] = [publish, list, get, diff];
