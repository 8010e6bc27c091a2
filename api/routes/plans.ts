import { z } from 'zod';
import { checkText } from '../../messages/check-text';
import { prepareVersion, type Prepared } from '../../prisma/stores/journey-versions';
import { loadGraph } from '../../prisma/stores/journeys';
import { createPlan, findPlan, peopledVersions, type PeopledVersion, type StoredPlan } from '../../prisma/stores/plans';
import { mappingProblems, type StepMapping } from '../../workflows/domain/versions/mapping';
import type { HandlerDeps } from '../deps';
import { notFound, pointerTo, Problem } from '../http/problems';
import { created, ok } from '../http/reply';
import { defineRoute, type Route } from '../http/route';
import { planPeople } from '../plan-people';
import { documentBody, invalidDocument, journeyParams as params } from './journeys';
import { planSummary, stepMapping } from './plan-view';

const tag = 'Journeys';
const instant = z.iso.datetime();

const plan = z
  .object({
    id: z.uuid(),
    journey: z.string(),
    sha256: z
      .string()
      .meta({ description: 'Of what would be published: the document, and the texts of its templates' }),
    publishedVersionId: z.uuid().nullable(),
    steps: stepMapping,
    ...planSummary.shape,
    expiresAt: instant,
    createdAt: instant,
  })
  .meta({ id: 'JourneyPlan', description: 'What publishing would do to the people inside' });

function view({ id, journeyKey, sha256, publishedId, steps, summary, expiresAt, createdAt }: StoredPlan) {
  return {
    ...{ id, journey: journeyKey, sha256, publishedVersionId: publishedId, steps },
    ...summary,
    ...{ expiresAt: expiresAt.toISOString(), createdAt: createdAt.toISOString() },
  };
}

const make = defineRoute({
  method: 'post',
  path: '/v1/journeys/:key/plan',
  reads: true,
  summary: 'Show what publishing would do to the people inside',
  description:
    'For each version that people are in, and each step where they are: how many, and what `stay`, `move` and `end` would do to them. Nothing is changed. `steps` maps steps of those versions to steps of the new one, or to null for those who end; a step that keeps its id and its kind stands for itself. A plan of another `document` than the stored draft can be applied once that document is the draft.',
  tag,
  scope: 'author',
  params,
  body: z.strictObject({ document: documentBody.optional(), steps: stepMapping.default({}) }),
  bodyOptional: true,
  answers: { 201: { description: 'Kept for a day, to be applied by `publish`', schema: plan } },
  problems: ['journey-invalid'],
  handler: async ({ params: { key }, body }, deps) => {
    const { document: source, steps } = body;
    const prepared = await preparedFor(deps, key, source);
    const versions = await peopledVersions(deps.db, key);
    await demandFit(deps, steps, { versions, prepared });
    const now = deps.now();
    const planning = { journeyKey: key, versions, to: prepared.graph, mapping: steps, now: now.getTime() };
    const summary = await planPeople(deps.db, { ...planning, settings: await deps.settings.current() });
    const { sha256, journey } = prepared;
    const { publishedId } = journey;
    const stored = { journeyKey: key, sha256, publishedId, steps, summary };
    return created(view(await createPlan(deps.db, stored, now)));
  },
});

/** What publishing would make of the draft, or of another document. */
export async function preparedFor({ db, now }: HandlerDeps, key: string, source?: string | object): Promise<Prepared> {
  const prepared = await prepareVersion(db, key, { checkText, at: now(), ...(source !== undefined && { source }) });
  if (!prepared) throw notFound('journey');
  if (prepared.kind === 'invalid') throw invalidDocument(prepared.problems, source === undefined ? '' : '/document');
  return prepared;
}

async function demandFit(
  { db }: HandlerDeps,
  steps: StepMapping,
  { versions, prepared }: { versions: readonly PeopledVersion[]; prepared: Prepared },
): Promise<void> {
  const { publishedId } = prepared.journey;
  // A mapping for the published version is sound although nobody may be in it now.
  const published = publishedId === null ? null : await loadGraph(db, publishedId);
  const from = [...versions.map(({ graph }) => graph), ...(published ? [published] : [])];
  const problems = mappingProblems(steps, { from, to: prepared.graph });
  if (problems.length === 0) return;
  const errors = problems.map(({ stepId, message }) => ({
    in: 'body' as const,
    pointer: pointerTo(['steps', stepId]),
    detail: message,
  }));
  throw new Problem('validation-failed', undefined, { errors });
}

const get = defineRoute({
  method: 'get',
  path: '/v1/journeys/:key/plans/:id',
  summary: 'A plan as it was shown',
  tag,
  scope: 'read',
  params: z.object({ ...params.shape, id: z.uuid() }),
  answers: { 200: plan },
  handler: async ({ params: { key, id } }, { db }) => {
    const found = await findPlan(db, key, id);
    if (!found) throw notFound('plan');
    return ok(view(found));
  },
});

export const planRoutes: readonly Route[] = [make, get];
