import { z } from 'zod';
import { listForms, replaceForm, type StoredForm } from '../../prisma/stores/forms';
import type { HandlerDeps } from '../deps';
import { formLanguages } from '../../workflows/domain/forms/words';
import { demandForm, formKey, formKeyPattern } from '../forms/demand';
import { formDocument, topicFault } from '../forms/document';
import { formHtml } from '../forms/html';
import { changedMeanwhile, etagOf } from '../http/etag';
import { pageOf, pageQuery, readPage, toPage } from '../http/paging';
import { created, ok, withHeaders } from '../http/reply';
import { defineRoute, type Route } from '../http/route';
import { publicFormRoutes } from '../public/form';

const params = z.strictObject({ key: formKey });

const view = z
  .object({
    key: z.string(),
    name: z.string(),
    fields: z.array(z.record(z.string(), z.unknown())),
    topic: z.string().optional(),
    consentText: z.string().optional(),
    redirect: z.string().optional(),
    origins: z.array(z.string()).optional(),
    asset: z.string().optional(),
    language: z.enum(formLanguages).optional(),
    closed: z.boolean().optional(),
    revision: z.int(),
    url: z.string().meta({ description: 'Where it is sent to, and stands as a page of its own' }),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'Form' });

function viewOf({ key, document, revision, createdAt, updatedAt }: StoredForm, { config }: HandlerDeps) {
  const dates = { createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
  return { key, ...document, revision, url: `${config.publicUrl}/f/${key}`, ...dates };
}

const list = defineRoute({
  method: 'get',
  path: '/v1/forms',
  summary: 'All forms',
  tag: 'Forms',
  scope: 'read',
  query: z.strictObject(pageQuery),
  answers: { 200: pageOf(view) },
  handler: async ({ query }, deps) => {
    const { limit, after } = readPage(query, formKeyPattern);
    const page = toPage(await listForms(deps.db, { after, limit: limit + 1 }), limit, ({ key }) => key);
    return ok({ ...page, data: page.data.map((row) => viewOf(row, deps)) });
  },
});

const get = defineRoute({
  method: 'get',
  path: '/v1/forms/:key',
  summary: 'A form',
  tag: 'Forms',
  scope: 'read',
  params,
  answers: { 200: { description: 'With its ETag', schema: view, etag: true } },
  handler: async ({ params: { key } }, deps) => {
    const stored = await demandForm(deps, key);
    return withHeaders(ok(viewOf(stored, deps)), { ETag: etagOf(stored.revision) });
  },
});

const put = defineRoute({
  method: 'put',
  path: '/v1/forms/:key',
  summary: 'Write a form',
  description:
    'What stood in it before is kept: a page that was copied earlier goes on working, and its consent is stored with the words that it shows. With `closed: true` nothing is taken any more (410).',
  tag: 'Forms',
  scope: 'author',
  params,
  body: formDocument,
  answers: {
    200: { description: 'The form', schema: view, etag: true },
    201: { description: 'A new form', schema: view, etag: true },
  },
  problems: ['precondition-failed'],
  ifMatch: true,
  handler: async ({ params: { key }, body, expected }, deps) => {
    const fault = topicFault(body, (await deps.settings.current()).topics);
    if (fault) throw fault;
    const saved = await replaceForm(deps.db, key, { document: body, expected });
    if (saved.kind === 'conflict') throw changedMeanwhile();
    const stored = await demandForm(deps, key);
    const answer = viewOf(stored, deps);
    return withHeaders(saved.created ? created(answer) : ok(answer), { ETag: etagOf(stored.revision) });
  },
});

const snippet = defineRoute({
  method: 'get',
  path: '/v1/forms/:key/snippet',
  summary: 'HTML to paste into a page',
  tag: 'Forms',
  scope: 'read',
  params,
  answers: { 200: { description: 'As text', schema: z.string(), contentType: 'text/plain' } },
  handler: async ({ params: { key } }, deps) => {
    const { document, revision } = await demandForm(deps, key);
    const html = formHtml(document, { action: `${deps.config.publicUrl}/f/${key}`, revision });
    return { status: 200, text: { type: 'text/plain', content: `${html}\n` } };
  },
});

export const formRoutes: readonly Route[] = [list, get, put, snippet, ...publicFormRoutes];
