import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { deleteEndpoint, findEndpoint, listEndpoints, putEndpoint, type Endpoint } from '../../prisma/stores/endpoints';
import { changedMeanwhile, etagOf } from '../http/etag';
import { pageOf, pageQuery, readPage, toPage } from '../http/paging';
import { invalidField, notFound } from '../http/problems';
import { ok, withHeaders } from '../http/reply';
import { defineRoute, type Route } from '../http/route';
import { urlFault } from '../webhooks/endpoint-url';

const keyPattern = /^[a-z0-9][a-z0-9-]{0,63}$/;
const params = z.strictObject({ key: z.string().regex(keyPattern) });
const secret = z.string().regex(/^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/, 'whsec_ and 24 to 64 bytes in base64');

const endpoint = z
  .object({
    key: z.string(),
    kind: z.enum(['chat', 'webhook']),
    url: z.string().meta({ description: 'Of a chat, whose URL is its secret, the host alone' }),
    idempotent: z.boolean(),
    secrets: z.int().meta({ description: 'How many sign: two while receivers change over' }),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'WebhookEndpoint' });
const written = endpoint
  .extend({ secret: z.string().nullable().meta({ description: 'Shown this once, and only where it was made here' }) })
  .meta({ id: 'WebhookEndpointWritten' });

function view({ key, kind, url, idempotent, secrets, createdAt, updatedAt }: Endpoint) {
  const shown = kind === 'chat' && url.startsWith('http') ? `${new URL(url).origin}/…` : url;
  const dates = { createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
  return { key, kind, url: shown, idempotent, secrets: secrets.length, ...dates };
}

const common = { tag: 'Webhook endpoints', scope: 'admin' } as const;

const list = defineRoute({
  ...common,
  method: 'get',
  path: '/v1/webhook-endpoints',
  summary: 'Where chat messages and webhooks go',
  query: z.strictObject(pageQuery),
  answers: { 200: pageOf(endpoint) },
  handler: async ({ query }, { db }) => {
    const { limit, after } = readPage(query, keyPattern);
    const page = toPage(await listEndpoints(db, { after, limit: limit + 1 }), limit, ({ key }) => key);
    return ok({ ...page, data: page.data.map(view) });
  },
});

const get = defineRoute({
  ...common,
  method: 'get',
  path: '/v1/webhook-endpoints/:key',
  summary: 'One endpoint',
  params,
  answers: { 200: { description: 'With its ETag', schema: endpoint, etag: true } },
  handler: async ({ params: { key } }, { db }) => {
    const row = await findEndpoint(db, key);
    if (!row) throw notFound('endpoint');
    return withHeaders(ok(view(row)), { ETag: etagOf(row.revision) });
  },
});

const body = z.strictObject({
  kind: z.enum(['chat', 'webhook']),
  url: z.string().max(2_000).meta({ description: 'https; `capture:` puts what would go there into the outbox' }),
  idempotent: z.boolean().default(false).meta({ description: 'The receiver takes each webhook-id once' }),
  secret: secret.optional().meta({ description: 'Of a webhook; made here if absent' }),
  rotate: z.boolean().default(false).meta({ description: 'Sign with a new secret, and with the one before it' }),
});

const put = defineRoute({
  ...common,
  method: 'put',
  path: '/v1/webhook-endpoints/:key',
  summary: 'Make or change an endpoint',
  description: 'The secret of a webhook is made here unless it is given; both sign until the next rotation.',
  params,
  body,
  answers: { 200: { description: 'With its ETag', schema: written, etag: true } },
  ifMatch: true,
  handler: async ({ params: { key }, body: wanted, expected }, { db, config }) => {
    const fault = urlFault(wanted.url, config.endpointHosts);
    if (fault) throw invalidField(['url'], fault);
    const made: string[] = [];
    const row = await putEndpoint(db, key, {
      ...wanted,
      secrets: (present) => secretsOf(wanted, present, made),
      expected,
    });
    if (!row) throw changedMeanwhile();
    return withHeaders(ok({ ...view(row), secret: made[0] ?? null }), { ETag: etagOf(row.revision) });
  },
});

/** Newest first, at most two. What is made here goes into `made`. */
function secretsOf(
  { kind, secret: given, rotate }: z.output<typeof body>,
  present: readonly string[],
  made: string[],
): string[] {
  if (kind === 'chat') return [];
  const [newest] = present;
  if (newest !== undefined && !rotate && (given === undefined || given === newest)) return [...present];
  const added = given ?? `whsec_${randomBytes(32).toString('base64')}`;
  if (given === undefined) made.push(added);
  return [added, ...present.filter((one) => one !== added)].slice(0, 2);
}

const remove = defineRoute({
  ...common,
  method: 'delete',
  path: '/v1/webhook-endpoints/:key',
  summary: 'Remove an endpoint',
  description: 'What is still to go there needs attention then.',
  params,
  answers: { 204: { description: 'Removed' } },
  handler: async ({ params: { key } }, { db }) => {
    if (!(await deleteEndpoint(db, key))) throw notFound('endpoint');
    return { status: 204 };
  },
});

const test = defineRoute({
  ...common,
  method: 'post',
  path: '/v1/webhook-endpoints/:key/test',
  summary: 'Call an endpoint with a test message',
  params,
  body: z.strictObject({}),
  bodyOptional: true,
  answers: {
    200: z
      .object({
        outcome: z.enum(['accepted', 'retryable', 'rejected', 'unknown', 'circuit']),
        why: z.string().nullable(),
      })
      .meta({ id: 'EndpointTested' }),
  },
  problems: ['temporal-away'],
  handler: async ({ params: { key } }, { db, control }) => {
    if (!(await findEndpoint(db, key))) throw notFound('endpoint');
    return ok(await control.testEndpoint(key));
  },
});

export const webhookEndpointRoutes: readonly Route[] = [list, get, put, remove, test];
