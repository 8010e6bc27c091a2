import { OpenAPIRegistry, OpenApiGeneratorV31, type ResponseConfig } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import { scopes } from './auth';
import { problemTable, type ProblemCode } from './problems';
import type { Answer, AnswerSpec, Route } from './route';

const itemSchema = z.object({
  pointer: z.string().meta({ description: 'JSON pointer into the body; `#/<name>` in the query or a header' }),
  detail: z.string(),
  in: z.enum(['body', 'query', 'header']).optional(),
  line: z.number().int().optional(),
  hint: z.string().optional(),
});

const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    code: z.enum(Object.keys(problemTable)),
    detail: z.string().optional(),
    errors: z.array(itemSchema).optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457' });

/** The document of exactly the routes that are served. */
export function openApiDocument(routes: readonly Route[], publicUrl: string) {
  const registry = new OpenAPIRegistry();
  registry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer' });
  registry.registerComponent('securitySchemes', 'basic', {
    type: 'http',
    scheme: 'basic',
    description: 'The key as user name, an empty password',
  });
  for (const route of routes) registry.registerPath(pathOf(route));
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'Nurture',
      version: '1',
      description: `Scopes: ${scopes.join(', ')}. Errors are RFC 9457 problems. Lists are paged by \`limit\` and \`cursor\`, newest first.`,
    },
    servers: [{ url: publicUrl }],
  });
}

/** `/v1/contacts/:id` → `/v1/contacts/{id}`. */
export function templateOf(path: string): string {
  return path.replace(/:(\w+)/g, '{$1}');
}

function pathOf(route: Route): Parameters<OpenAPIRegistry['registerPath']>[0] {
  const note = route.scope
    ? `Scope: ${[route.scope]
        .flat()
        .map((scope) => `\`${scope}\``)
        .join(' or ')}.`
    : '';
  return {
    method: route.method,
    path: templateOf(route.path),
    summary: route.summary,
    description: [route.description, note].filter(Boolean).join('\n\n'),
    tags: [route.tag],
    security: route.scope ? [{ bearer: [] }, { basic: [] }] : [],
    request: {
      ...(route.params instanceof z.ZodObject ? { params: route.params } : {}),
      ...(route.query instanceof z.ZodObject ? { query: route.query } : {}),
      ...(headersOf(route) ? { headers: headersOf(route) } : {}),
      ...bodyOf(route),
    },
    responses: { ...successes(route), ...failures(route) },
  };
}

function headersOf(route: Route): z.ZodObject | undefined {
  const repeats = route.method === 'post' && route.scope && !route.ingest;
  if (!repeats && !route.ifMatch) return undefined;
  return z.object({
    ...(repeats && { 'Idempotency-Key': z.string().max(255).optional() }),
    ...(route.ifMatch && { 'If-Match': z.string().optional() }),
  });
}

const mediaTypes = { json: 'application/json', form: 'application/x-www-form-urlencoded', raw: '*/*', stream: '*/*' };

function bodyOf(route: Route) {
  if (!route.body && !route.bodyKind) return {};
  const content = { [mediaTypes[route.bodyKind ?? 'json']]: { schema: route.body ?? z.unknown() } };
  return { body: { required: !route.bodyOptional, content } };
}

function successes(route: Route): Record<string, ResponseConfig> {
  return Object.fromEntries(Object.entries(route.answers).map(([status, answer]) => [status, success(specOf(answer))]));
}

function specOf(answer: Answer): AnswerSpec {
  return answer instanceof z.ZodType ? { description: 'Done', schema: answer } : answer;
}

function success({ description, schema, contentType = 'application/json', etag }: AnswerSpec): ResponseConfig {
  return {
    description,
    ...(schema ? { content: Object.fromEntries([contentType].flat().map((type) => [type, { schema }])) } : {}),
    ...(etag ? { headers: { ETag: { schema: { type: 'string' } } } } : {}),
  };
}

function failures(route: Route): Record<string, ResponseConfig> {
  const byStatus = new Map<number, string[]>();
  for (const code of new Set(codesOf(route))) {
    const { status } = problemTable[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const content = { 'application/problem+json': { schema: problemSchema } };
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [status, { description: codes.join(', '), content }]),
  );
}

function codesOf(route: Route): ProblemCode[] {
  const codes: ProblemCode[] = ['internal', 'database-away', ...(route.problems ?? [])];
  if (route.scope) codes.push('unauthenticated', 'forbidden');
  // A path may be badly encoded.
  if (route.params) codes.push('not-found', 'bad-request');
  if (route.query) codes.push('validation-failed');
  if (route.body || route.bodyKind)
    codes.push('invalid-json', 'bad-request', 'validation-failed', 'too-large', 'unsupported-encoding');
  if (route.method === 'post' && route.scope && !route.ingest)
    codes.push('idempotency-in-flight', 'idempotency-mismatch');
  if (route.ifMatch) codes.push('precondition-failed');
  return codes;
}
