import { z } from 'zod';
import {
  createApiKey,
  getApiKey,
  listApiKeys,
  revokeApiKey,
  type ApiKeyView,
  type NewApiKey,
} from '../../prisma/stores/api-keys';
import { demandScope, scopes } from '../http/auth';
import { pageOf, pageQuery, readPage, toPage, uuidKey } from '../http/paging';
import { notFound } from '../http/problems';
import { created, ok } from '../http/reply';
import { defineRoute, type Route } from '../http/route';

const fields = {
  id: z.uuid(),
  name: z.string(),
  prefix: z.string().meta({ description: 'Its first characters, to recognise it by' }),
  scopes: z.array(z.string()),
  createdAt: z.iso.datetime(),
  revokedAt: z.iso.datetime().nullable(),
};
const apiKey = z.object(fields).meta({ id: 'ApiKey' });
const newApiKey = z
  .object({ ...fields, key: z.string().nullable().meta({ description: 'Null where this answer is a repetition' }) })
  .meta({ id: 'NewApiKey' });

function view({ createdAt, revokedAt, ...row }: ApiKeyView) {
  return { ...row, createdAt: createdAt.toISOString(), revokedAt: revokedAt?.toISOString() ?? null };
}

const list = defineRoute({
  method: 'get',
  path: '/v1/api-keys',
  summary: 'All API keys, also revoked ones',
  description: 'Never the keys themselves: only their hashes are stored.',
  tag: 'API keys',
  scope: 'admin',
  query: z.strictObject(pageQuery),
  answers: { 200: pageOf(apiKey) },
  handler: async ({ query }, { db }) => {
    const { limit, after } = readPage(query, uuidKey);
    const page = toPage(await listApiKeys(db, { after, limit: limit + 1 }), limit, (row) => row.id);
    return ok({ ...page, data: page.data.map(view) });
  },
});

const create = defineRoute({
  method: 'post',
  path: '/v1/api-keys',
  summary: 'Make an API key',
  description:
    'The answer shows the key, this once. A repetition with the same Idempotency-Key makes no other and does not show it again. With the scope `ingest` alone it is a browser key.',
  tag: 'API keys',
  scope: 'admin',
  body: z.strictObject({
    name: z.string().trim().min(1).max(100),
    scopes: z
      .array(z.enum(scopes))
      .min(1)
      .refine((all) => new Set(all).size === all.length, 'each scope once'),
  }),
  answers: { 201: { description: 'Made', schema: newApiKey } },
  handler: async ({ body, caller }, { db }) => {
    for (const scope of body.scopes) demandScope(caller, scope); // nobody gives what they have not
    const { id, key } = await createApiKey(db, body);
    const row = await getApiKey(db, id);
    if (!row) throw notFound('API key');
    return { ...created(shownOnce(row, key)), repeatedBody: shownOnce(row, null) };
  },
});

function shownOnce(row: ApiKeyView, key: NewApiKey['key'] | null) {
  return { ...view(row), key };
}

const revoke = defineRoute({
  method: 'delete',
  path: '/v1/api-keys/:id',
  summary: 'Revoke an API key',
  description: 'It stops working at once where this is answered, and within 5 seconds in other processes. For good.',
  tag: 'API keys',
  scope: 'admin',
  params: z.strictObject({ id: z.uuid() }),
  answers: { 200: apiKey },
  handler: async ({ params: { id } }, { db, now, forgetKeys }) => {
    const row = await revokeApiKey(db, id, now());
    forgetKeys();
    if (!row) throw notFound('API key');
    return ok(view(row));
  },
});

export const apiKeyRoutes: readonly Route[] = [list, create, revoke];
