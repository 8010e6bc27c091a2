import { STATUS_CODES } from 'node:http';
import { type ErrorRequestHandler, type Express, type Request, type RequestHandler, type Response } from 'express';
import { isDatabaseAway } from '../../prisma/database-away';
import { writeAudit } from '../../prisma/stores/audit';
import type { HandlerDeps } from '../deps';
import { auditOf } from './audit';
import { demandScope, keyOf, nobody, type Authenticator, type Caller } from './auth';
import { BODY_LIMIT, createReadBody, decodeBody, type ReadBody } from './body';
import { corsOf, demandKnownOrigin } from './cors';
import { sendStream, streamOf } from './stream';
import { expectedRevision } from './etag';
import { idempotencyKeyOf, once, requestId } from './idempotency';
import { notFound, Problem, problemBody } from './problems';
import type { Reply } from './reply';
import type { Route } from './route';
import { textFault } from './text';
import { validate } from './validate';

export interface Wiring {
  routes: readonly Route[];
  authenticate: Authenticator['authenticate'];
  deps: HandlerDeps;
}

/** Makes Express serve the table, and answer everything outside of it with a problem. */
export function wire(app: Express, { routes, authenticate, deps }: Wiring): void {
  for (const [path, group] of byPath(routes)) {
    const methods = allowed(group);
    const cors = corsOf(group, deps);
    if (cors) app.use(path, cors);
    for (const route of group) app[route.method](path, serve(route, deps, authenticate));
    app.all(path, (req, res) => {
      if (req.method !== 'OPTIONS')
        throw new Problem('method-not-allowed', `Use ${methods}.`, { headers: { Allow: methods } });
      res.set('Allow', methods).status(204).end();
    });
  }
  app.use((req) => {
    throw notFound(`path: ${req.path}`);
  });
  app.use(answerProblem(deps, routes));
}

/** Paths without parameters first, so that `/contacts/find` is not taken for an id. */
function byPath(routes: readonly Route[]): [string, Route[]][] {
  const groups = new Map<string, Route[]>();
  for (const route of routes) groups.set(route.path, [...(groups.get(route.path) ?? []), route]);
  return [...groups].sort(([a], [b]) => Number(a.includes(':')) - Number(b.includes(':')));
}

function allowed(group: readonly Route[]): string {
  return ['OPTIONS', ...group.map(({ method }) => method.toUpperCase())].join(', ');
}

function serve(route: Route, deps: HandlerDeps, authenticate: Wiring['authenticate']): RequestHandler {
  const readBody = createReadBody(route.bodyLimit ?? BODY_LIMIT);
  return async (req, res) => {
    res.locals.route = route.path;
    const opened = await open(route, { req, res, readBody, authenticate });
    if (route.ingest && opened.caller.browser) await demandKnownOrigin(req, deps);
    const request = {
      params: readParams(route, req),
      query: readQuery(route, req),
      body: route.body ? validate(route.body, opened.body, 'body') : opened.body,
      caller: opened.caller,
      headers: req.headers,
      expected: route.ifMatch ? expectedRevision(req.headers) : null,
      method: req.method,
      stream: () => streamOf(req),
      address: req.ip ?? '',
      idempotencyKey: route.method === 'post' && !route.ingest && route.scope ? idempotencyKeyOf(req.headers) : null,
    };
    const handle = async (): Promise<Reply> => {
      const reply = await route.handler(request, deps);
      await audit(deps, auditOf(route, request, reply));
      return reply;
    };
    const key = request.idempotencyKey;
    if (key === null) return await send(res, await handle());
    const target = `${req.method} ${req.originalUrl}`;
    await send(
      res,
      await once(deps.db, requestId({ apiKeyId: opened.caller.keyId, key, target, body: opened.bytes }), { handle }),
    );
  };
}

/** The change is made by now: an entry that cannot be written does not take the answer away. */
async function audit({ db, log, now }: HandlerDeps, entry: ReturnType<typeof auditOf>): Promise<void> {
  if (!entry) return;
  try {
    await writeAudit(db, { ...entry, at: now() });
  } catch (error) {
    const { action, subjectId } = entry;
    log.error({ action, subjectId, error: error instanceof Error ? error.name : 'unknown' }, 'audit entry lost');
  }
}

interface Opened {
  caller: Caller;
  bytes: Buffer;
  body: unknown;
}

/** Who is it, and what do they say? A beacon cannot send headers, so ingestion may carry the key in the body. */
async function open(
  route: Route,
  {
    req,
    res,
    readBody,
    authenticate,
  }: { req: Request; res: Response; readBody: ReadBody; authenticate: Wiring['authenticate'] },
): Promise<Opened> {
  const key = keyOf(req.headers);
  const early = route.scope === null ? nobody : route.ingest && key === null ? null : await identify(route.scope, key);
  const bytes = route.bodyKind === 'stream' ? Buffer.alloc(0) : await readBody(req, res);
  const body = decodeBody(route, bytes);
  return { caller: early ?? (await identify(route.scope ?? 'ingest', writeKeyOf(body))), bytes, body };

  async function identify(scope: NonNullable<Route['scope']>, candidate: string | null): Promise<Caller> {
    const caller = await authenticate(candidate);
    demandScope(caller, scope);
    return caller;
  }
}

function writeKeyOf(body: unknown): string | null {
  if (typeof body !== 'object' || body === null || !('writeKey' in body)) return null;
  return typeof body.writeKey === 'string' ? body.writeKey : null;
}

function readParams(route: Route, req: Request): unknown {
  if (!route.params) return undefined;
  const result = route.params.safeParse(req.params);
  const broken = Object.values(req.params).some((value) => typeof value === 'string' && textFault(value) !== null);
  if (!result.success || broken) throw notFound(`path: ${req.path}`);
  return result.data;
}

function readQuery(route: Route, req: Request): unknown {
  for (const value of Object.values(req.query)) {
    if (typeof value === 'string' && textFault(value))
      throw new Problem('bad-request', 'The query has a NUL character.');
  }
  if (route.query) return validate(route.query, req.query, 'query');
  return undefined;
}

async function send(res: Response, reply: Reply): Promise<void> {
  res.status(reply.status).set(reply.headers ?? {});
  if (reply.stream) return sendStream(res, reply.stream);
  if (reply.html !== undefined) res.type('html').send(reply.html);
  else if (reply.text) res.type(reply.text.type).send(reply.text.content);
  else if (reply.body === undefined) res.end();
  else if (res.get('Content-Type')) res.send(JSON.stringify(reply.body));
  else res.json(reply.body);
}

/** Everything thrown ends here. What we did not foresee says nothing to the caller, and everything to the log. */
function answerProblem({ log }: HandlerDeps, routes: readonly Route[]): ErrorRequestHandler {
  // eslint-disable-next-line max-params -- by the fourth parameter Express knows an error handler
  return (error: unknown, req, res, next) => {
    if (res.headersSent) return next(error);
    const problem = toProblem(error);
    if (problem.status === 500) log.error({ err: error, route: res.locals.route }, STATUS_CODES[500]);
    if (problem.status === 503) log.warn({ route: res.locals.route, code: problem.code }, problem.message);
    res.status(problem.status).set(problem.extra.headers ?? {});
    if (problem.status === 503 && !res.get('Retry-After')) res.set('Retry-After', '5');
    const route = routes.find(({ path }) => path === res.locals.route);
    const shown = route?.problemPage?.(problem, req.headers);
    if (shown) return void send(res, shown);
    res.type('application/problem+json').send(JSON.stringify(problemBody(problem)));
  };
}

function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (isDatabaseAway(error)) return new Problem('database-away', 'Try again in a moment.');
  // Express refuses a malformed percent-encoding with a URIError of status 400.
  if (error instanceof URIError) return new Problem('bad-request', 'The path is not properly encoded.');
  return new Problem('internal');
}
