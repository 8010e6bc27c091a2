import { z } from 'zod';
import { checkTemplate } from '../../messages/check-template';
import { examplePostalAddress } from '../../messages/layout';
import { MessageError, type TemplateProblem } from '../../messages/message-error';
import { renderMessage } from '../../messages/render-message';
import { messageScope } from '../../messages/scope';
import { ownerAmong } from '../../workflows/domain/staff';
import { contactFields } from '../../workflows/domain/contact-fields';
import { contactScope } from '../../prisma/stores/template-preview';
import {
  getTemplate,
  listTemplates,
  publishTemplate,
  replaceTemplateDraft,
  type StoredTemplate,
} from '../../prisma/stores/templates';
import type { JsonObject } from '../../workflows/domain/json';
import type { HandlerDeps } from '../deps';
import { changedMeanwhile, etagOf } from '../http/etag';
import { pageOf, pageQuery, readPage, toPage } from '../http/paging';
import { notFound, Problem, type ProblemItem } from '../http/problems';
import { created, ok, withHeaders } from '../http/reply';
import { defineRoute } from '../http/route';

const keyPattern = /^[a-z0-9][a-z0-9-]{0,63}$/;
const params = z.strictObject({ key: z.string().regex(keyPattern) });
const values = z.record(z.string(), z.unknown());
const variables = z.record(z.string().regex(/^[A-Za-z_]\w{0,63}$/, 'letters, digits and underscores'), z.unknown());

const draft = {
  subject: z.string().min(1).max(1_000),
  html: z.string().min(1).max(200_000),
  text: z.string().min(1).max(200_000).optional(),
  class: z.enum(['marketing', 'transactional']),
  variables: variables.optional().meta({ description: 'Defaults of the values that a step may give by `with`' }),
};
const template = z
  .object({
    key: z.string(),
    ...draft,
    revision: z.int(),
    publishedVersionId: z.uuid().nullable(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'Template' });

function view({ key, draft: content, revision, publishedId, createdAt, updatedAt }: StoredTemplate) {
  const dates = { createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
  return { key, ...content, revision, publishedVersionId: publishedId, ...dates };
}

const list = defineRoute({
  method: 'get',
  path: '/v1/templates',
  summary: 'All templates',
  tag: 'Templates',
  scope: 'read',
  query: z.strictObject(pageQuery),
  answers: { 200: pageOf(template) },
  handler: async ({ query }, { db }) => {
    const { limit, after } = readPage(query, keyPattern);
    const rows = await listTemplates(db, { after, limit: limit + 1 });
    const page = toPage(rows, limit, (row) => row.key);
    return ok({ ...page, data: page.data.map(view) });
  },
});

const get = defineRoute({
  method: 'get',
  path: '/v1/templates/:key',
  summary: 'A template as its author wrote it',
  tag: 'Templates',
  scope: 'read',
  params,
  answers: { 200: { description: 'The draft', schema: template, etag: true } },
  problems: ['not-found'],
  handler: async ({ params: { key } }, { db }) => {
    const stored = await demand(db, key);
    return withHeaders(ok(view(stored)), { ETag: etagOf(stored.revision) });
  },
});

const put = defineRoute({
  method: 'put',
  path: '/v1/templates/:key',
  summary: 'Write the draft of a template',
  description: 'Mail is made of the published version: publish it when it is ready.',
  tag: 'Templates',
  scope: 'author',
  params,
  body: z.strictObject(draft),
  answers: {
    200: { description: 'The draft', schema: template, etag: true },
    201: { description: 'The draft of a new template', schema: template, etag: true },
  },
  problems: ['precondition-failed'],
  ifMatch: true,
  handler: async ({ params: { key }, body, expected }, { db }) => {
    const { text, variables: own, ...rest } = body;
    const content = {
      ...rest,
      ...(text !== undefined && { text }),
      ...(own && { variables: asJson(own) }),
    };
    const saved = await replaceTemplateDraft(db, key, { draft: content, expected });
    if (saved.kind === 'conflict') throw changedMeanwhile();
    const answer = view(await demand(db, key));
    return withHeaders(saved.created ? created(answer) : ok(answer), { ETag: etagOf(saved.revision) });
  },
});

const rendered = z.object({ subject: z.string(), html: z.string(), text: z.string() }).meta({ id: 'RenderedMessage' });

const preview = defineRoute({
  method: 'post',
  path: '/v1/templates/:key/preview',
  reads: true,
  summary: 'Render the draft for a person',
  description: 'Without a contact: for somebody of whom nothing is known.',
  tag: 'Templates',
  scope: 'author',
  params,
  body: z.strictObject({
    contactId: z.uuid().optional(),
    entry: values.default({}).meta({ description: "The entry event's properties" }),
    with: values.default({}),
  }),
  bodyOptional: true,
  answers: { 200: rendered },
  problems: ['not-found', 'template-invalid'],
  handler: async ({ params: { key }, body }, deps) => {
    const { draft: content } = await demand(deps.db, key);
    const contact = body.contactId === undefined ? {} : await contactScope(deps.db, body.contactId);
    if (contact === null) throw notFound('contact');
    const unsubscribeUrl = `${deps.config.publicUrl}/u/preview`;
    const layout = { postalAddress: await postalAddress(deps), unsubscribeUrl };
    const given = { entry: asJson(body.entry), with: asJson(body.with), variables: content.variables };
    const { reps } = await deps.settings.current();
    const owner = ownerAmong(reps, typeof contact.owner === 'string' ? contact.owner : null);
    const scope = messageScope({ contact, ...given, owner, unsubscribeUrl });
    try {
      return ok(await renderMessage({ template: content, scope, layout }));
    } catch (error) {
      throw error instanceof MessageError ? invalid([error.problem]) : error;
    }
  },
});

const publish = defineRoute({
  method: 'post',
  path: '/v1/templates/:key/publish',
  summary: 'Make the draft the version that mail is made of',
  description: `Checked first: variables (${contactFields.length} contact fields, traits, entry properties, owner, declared ones), limits, links, size. Journeys take a new version when they are published again.`,
  tag: 'Templates',
  scope: 'author',
  params,
  body: z.strictObject({}),
  bodyOptional: true,
  answers: { 200: z.object({ key: z.string(), versionId: z.uuid(), version: z.int() }) },
  problems: ['not-found', 'template-invalid', 'conflict'],
  handler: async ({ params: { key } }, { db }) => {
    const { draft: content, revision } = await demand(db, key);
    const problems = await checkTemplate(content);
    if (problems.length > 0) throw invalid(problems);
    const published = await publishTemplate(db, key, revision);
    if (!published) throw new Problem('conflict', 'The draft was changed while it was checked. Publish it again.');
    return ok({ key, versionId: published.versionId, version: published.number });
  },
});

/** The body was parsed from JSON, so JSON is what it holds. */
function asJson(value: Record<string, unknown>): JsonObject {
  return value as JsonObject;
}

async function demand(db: HandlerDeps['db'], key: string): Promise<StoredTemplate> {
  const stored = await getTemplate(db, key);
  if (!stored) throw notFound('template');
  return stored;
}

async function postalAddress({ settings, config }: HandlerDeps): Promise<string> {
  return (await settings.current()).postalAddress ?? config.postalAddress ?? examplePostalAddress;
}

function invalid(problems: TemplateProblem[]): Problem {
  const errors = problems.map(({ field, line, message }): ProblemItem => {
    return { in: 'body', pointer: `#/${field}`, detail: message, ...(line !== undefined && { line }) };
  });
  return new Problem('template-invalid', undefined, { errors });
}

export const templateRoutes = [list, get, put, preview, publish];
