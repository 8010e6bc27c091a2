import { z } from 'zod';
import { checkText } from '../../messages/check-text';
import { findContact, getContact } from '../../prisma/stores/contacts';
import { enrollContact } from '../../prisma/stores/enroll';
import {
  changeStatus,
  findJourney,
  listJourneys,
  loadGraph,
  saveDraft,
  validateDocument,
  type JourneyAction,
  type StoredJourney,
} from '../../prisma/stores/journeys';
import { journeyJsonSchema } from '../../workflows/journeys/json-schema';
import type { Problem as Fault } from '../../workflows/journeys/problem';
import type { HandlerDeps } from '../deps';
import { changedMeanwhile, etagOf } from '../http/etag';
import { jsonObject } from '../http/json';
import { pageOf, pageQuery, readPage, toPage } from '../http/paging';
import { notFound, Problem } from '../http/problems';
import { created, ok, withHeaders } from '../http/reply';
import { defineRoute, type Route } from '../http/route';
import { demandEnrollment, enrollment, viewEnrollment } from './enrollment-view';
import { holdRoutes } from './holds';

const keyPattern = /^[a-z0-9][a-z0-9-]{0,63}$/;
export const journeyParams = z.object({ key: z.string().regex(keyPattern) });
const params = journeyParams;
const instant = z.iso.datetime();
const tag = 'Journeys';

const fields = {
  key: z.string(),
  status: z.enum(['draft', 'published', 'paused', 'archived']),
  revision: z.int(),
  publishedVersionId: z.uuid().nullable(),
  priority: z.int(),
  createdAt: instant,
  updatedAt: instant,
};
const journey = z.object(fields).meta({ id: 'Journey' });
const journeyWithDraft = z
  .object({ ...fields, document: z.string().meta({ description: 'The draft as its author wrote it: YAML or JSON' }) })
  .meta({ id: 'JourneyWithDraft' });

function view({ key, status, revision, publishedId, priority, createdAt, updatedAt }: StoredJourney) {
  const dates = { createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
  return { key, status, revision, publishedVersionId: publishedId, priority, ...dates };
}

export async function demandJourney(db: HandlerDeps['db'], key: string): Promise<StoredJourney> {
  const found = await findJourney(db, key);
  if (!found) throw notFound('journey');
  return found;
}

const list = defineRoute({
  method: 'get',
  path: '/v1/journeys',
  summary: 'All journeys',
  tag,
  scope: 'read',
  query: z.strictObject(pageQuery),
  answers: { 200: pageOf(journey) },
  handler: async ({ query }, { db }) => {
    const { limit, after } = readPage(query, keyPattern);
    const page = toPage(await listJourneys(db, { limit: limit + 1, after }), limit, ({ key }) => key);
    return ok({ ...page, data: page.data.map(view) });
  },
});

const get = defineRoute({
  method: 'get',
  path: '/v1/journeys/:key',
  summary: 'One journey with its draft',
  tag,
  scope: 'read',
  params,
  answers: { 200: { description: "With the draft's ETag", schema: journeyWithDraft, etag: true } },
  handler: async ({ params: { key } }, { db }) => present(await demandJourney(db, key)),
});

function present(stored: StoredJourney) {
  return withHeaders(ok({ ...view(stored), document: stored.draft }), { ETag: etagOf(stored.revision) });
}

export const documentBody = z.union([z.string().max(400_000), jsonObject]).meta({
  description: 'A journey document: an object, or YAML 1.2 or JSON as text',
});

const put = defineRoute({
  method: 'put',
  path: '/v1/journeys/:key',
  summary: "Store a journey's draft",
  description:
    'The document must be sound in itself and have the key of the path. Nobody is affected until it is published.',
  tag,
  scope: 'author',
  params,
  body: z.strictObject({ document: documentBody }),
  answers: {
    200: { description: 'Stored', schema: journeyWithDraft, etag: true },
    201: { description: 'A new journey', schema: journeyWithDraft, etag: true },
  },
  problems: ['journey-invalid'],
  ifMatch: true,
  handler: async ({ params: { key }, body, expected }, { db }) => {
    const saved = await saveDraft(db, key, {
      source: body.document,
      checkText,
      ...(expected !== null && { expected }),
    });
    if (saved.kind === 'invalid') throw invalidDocument(saved.problems, '/document');
    if (saved.kind === 'conflict') throw changedMeanwhile();
    const reply = present(await demandJourney(db, key));
    return saved.created ? { ...reply, status: 201 } : reply;
  },
});

/** A document's problems as those of the body's part `within`. */
export function invalidDocument(
  problems: readonly Fault[],
  within = '',
  code: 'journey-invalid' | 'score-model-invalid' = 'journey-invalid',
): Problem {
  const errors = problems.map(({ path, line, message, hint }) => ({
    in: 'body' as const,
    pointer: `#${within}${path}`,
    detail: message,
    ...(line !== null && { line }),
    ...(hint !== undefined && { hint }),
  }));
  return new Problem(code, undefined, { errors });
}

const fault = z.object({
  path: z.string(),
  line: z.int().nullable(),
  message: z.string(),
  hint: z.string().optional(),
});

export const validation = z.object({ valid: z.boolean(), problems: z.array(fault) }).meta({ id: 'Validation' });

const validateRoute = defineRoute({
  method: 'post',
  path: '/v1/journeys/:key/validate',
  reads: true,
  summary: 'Check a document, or the stored draft, as publishing would',
  tag,
  scope: 'author',
  params,
  body: z.strictObject({ document: documentBody.optional() }),
  bodyOptional: true,
  answers: { 200: validation },
  handler: async ({ params: { key }, body }, { db, now }) => {
    const source = body.document ?? (await demandJourney(db, key)).draft;
    const result = await validateDocument(db, key, { source, checkText, at: now() });
    return ok({ valid: result.ok, problems: result.ok ? [] : result.problems });
  },
});

const archive = defineRoute({
  method: 'post',
  path: '/v1/journeys/:key/archive',
  summary: 'Let nobody in any more',
  description: 'Who is inside goes on to the end.',
  tag,
  scope: 'author',
  params,
  body: z.strictObject({}),
  bodyOptional: true,
  answers: { 200: journey },
  problems: ['not-allowed-now'],
  handler: async ({ params: { key } }, { db }) => {
    await turn(db, key, 'archive');
    return ok(view(await demandJourney(db, key)));
  },
});

async function turn(db: HandlerDeps['db'], key: string, action: JourneyAction): Promise<void> {
  const changed = await changeStatus(db, key, action);
  if (!changed) throw notFound('journey');
  if (changed.kind === 'refused') throw new Problem('not-allowed-now', `This journey is ${changed.status}.`);
}

/** A paused journey lets nobody in and holds who is inside. */
const pauses = holdRoutes({
  path: '/v1/journeys/:key',
  what: 'a journey',
  tag,
  params,
  target: async ({ key }, { db }) => ({ scope: 'journey', journeyKey: (await demandJourney(db, key)).key }),
  before: (action, { key }, { db }) => turn(db, key, action),
});

const stepPauses = holdRoutes({
  path: '/v1/journeys/:key/steps/:stepId',
  what: 'a step',
  tag,
  params: z.object({ key: z.string().regex(keyPattern), stepId: z.string().max(64) }),
  target: async ({ key, stepId }, { db }) => {
    const { publishedId } = await demandJourney(db, key);
    const graph = publishedId === null ? null : await loadGraph(db, publishedId);
    if (!graph || !Object.hasOwn(graph.steps, stepId)) throw notFound('step in the published version');
    return { scope: 'step', journeyKey: key, stepId };
  },
});

const entry = {
  entryKey: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .meta({ description: 'Tells runs apart that may be open side by side' }),
  properties: jsonObject.default({}),
};
const id = z.string().min(1).max(512);

const enroll = defineRoute({
  method: 'post',
  path: '/v1/journeys/:key/enrollments',
  summary: 'Let a contact into a journey',
  description: "By the journey's own rules of re-entry and `unless`; a refusal is recorded as a decision.",
  tag,
  scope: 'operate',
  params,
  body: z.union([
    z.strictObject({ contactId: z.uuid(), ...entry }),
    z.strictObject({ externalId: id, ...entry }),
    z.strictObject({ email: id, ...entry }),
  ]),
  answers: { 201: { description: 'Entered', schema: enrollment } },
  problems: ['not-allowed-now', 'conflict'],
  handler: async ({ params: { key }, body }, { db, now, announceEvents, announceDispatch }) => {
    const contact = await ('contactId' in body
      ? getContact(db, body.contactId)
      : 'externalId' in body
        ? findContact(db, 'user', body.externalId)
        : findContact(db, 'email', body.email));
    if (!contact) throw notFound('contact');
    const { entryKey = null, properties } = body;
    const entered = await enrollContact(db, {
      contactId: contact.id,
      journeyKey: key,
      entryKey,
      properties,
      at: now(),
    });
    if (entered.kind === 'missing') throw notFound('journey');
    if (entered.kind === 'closed') throw new Problem('not-allowed-now', `This journey is ${entered.status}.`);
    if (entered.kind === 'refused') throw new Problem('conflict', `Refused: ${entered.reason}.`);
    announceEvents();
    announceDispatch();
    return created(viewEnrollment(await demandEnrollment(db, entered.enrollmentId)));
  },
});

const schema = defineRoute({
  method: 'get',
  path: '/v1/journey-schema',
  summary: 'JSON Schema of the journey document, for editors',
  tag,
  scope: null,
  answers: { 200: { description: 'JSON Schema 2020-12', schema: z.record(z.string(), z.unknown()) } },
  handler: () => ok(journeyJsonSchema()),
});

export const journeyRoutes: readonly Route[] = [
  list,
  get,
  put,
  validateRoute,
  archive,
  ...pauses,
  ...stepPauses,
  enroll,
  schema,
];
