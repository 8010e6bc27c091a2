import express, { type Express } from 'express';
import helmet from 'helmet';
import { pinoHttp } from 'pino-http';
import { v7 } from 'uuid';
import { z } from 'zod';
import { createAnnouncer } from '../prisma/stores/events';
import { currentSettings, type CurrentSettings } from '../prisma/stores/current-settings';
import { readGauges } from '../prisma/stores/gauges';
import type { ApiDeps } from './deps';
import { Limiter, MOST_SUBMISSIONS } from './forms/limiter';
import { createAuthenticator } from './http/auth';
import { serveDocs } from './http/docs-page';
import { createMetrics, type ApiMetrics } from './http/metrics';
import { openApiDocument } from './http/openapi';
import { ok } from './http/reply';
import { defineRoute, type Route } from './http/route';
import { wire } from './http/wire';
import { serveDemo } from './public/demo';
import { createVisits } from './ingest/visits';
import { routes } from './routes';

export interface AppOptions {
  /** Also collect figures of the process (memory, event loop). Off in tests, which make many applications. */
  processMetrics?: boolean;
  /** For who hears of changes in other processes. */
  settings?: CurrentSettings;
}

/** The whole HTTP surface as an Express application; it does not listen. */
export function createApp(deps: ApiDeps, options: AppOptions = {}): Express {
  const app = express();
  const metrics = createMetrics({ process: options.processMetrics ?? false, read: () => readGauges(deps.db) });
  app.disable('x-powered-by');
  app.set('etag', false);
  app.set('query parser', 'simple');
  app.set('trust proxy', deps.config.trustedProxies ?? 0);
  app.use(securityHeaders());
  app.use(requestLog(deps));
  app.use(metrics.observe);
  serveDocs(app);
  if (deps.demoKey) serveDemo(app, { writeKey: deps.demoKey, publicUrl: deps.config.publicUrl });
  const table: Route[] = [...routes, metricsRoute(metrics)];
  table.push(documentRoute(() => document));
  const document = openApiDocument(table, deps.config.publicUrl);
  const { authenticate, forget } = createAuthenticator(deps.db);
  const handlerDeps = {
    ...deps,
    settings: options.settings ?? currentSettings(deps.db),
    announceEvents: createAnnouncer(deps.db, 'nurture_event'),
    announceDispatch: createAnnouncer(deps.db, 'nurture_dispatch'),
    countEvents: metrics.countEvents,
    countSubmission: metrics.countSubmission,
    formLimit: new Limiter(MOST_SUBMISSIONS),
    forgetKeys: forget,
    visits: createVisits(deps.db),
  };
  wire(app, { routes: table, authenticate, deps: handlerDeps });
  return app;
}

function securityHeaders() {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"], 'base-uri': ["'none'"] },
    },
    // Whether there is TLS in front of us is not ours to promise.
    strictTransportSecurity: false,
  });
}

/** One line per request: the route's pattern instead of its URL, which may carry an address or a token. */
function requestLog({ log }: ApiDeps) {
  return pinoHttp({
    logger: log,
    genReqId: (_req, res) => {
      const id = v7();
      res.setHeader('X-Request-Id', id);
      return id;
    },
    serializers: {
      req: ({ id, method }: { id: unknown; method: unknown }) => ({ id, method }),
      res: ({ statusCode }: { statusCode: unknown }) => ({ status: statusCode }),
      err: () => undefined,
    },
    customProps: (_req, res) => ('locals' in res ? { route: routeOf(res.locals) } : {}),
    customLogLevel: (_req, res) => (res.statusCode >= 500 ? 'warn' : 'debug'),
    quietReqLogger: true,
  });
}

function routeOf(locals: unknown): unknown {
  return typeof locals === 'object' && locals !== null && 'route' in locals ? locals.route : undefined;
}

function documentRoute(document: () => unknown): Route {
  return defineRoute({
    method: 'get',
    path: '/openapi.json',
    summary: 'This document',
    tag: 'System',
    scope: null,
    answers: { 200: { description: 'OpenAPI 3.1', schema: z.object({ openapi: z.string() }) } },
    handler: () => ok(document()),
  });
}

function metricsRoute({ contentType, render }: ApiMetrics): Route {
  return defineRoute({
    method: 'get',
    path: '/metrics',
    summary: 'Figures for Prometheus',
    description: 'What waits in the database is read when asked, at most every 5 seconds.',
    tag: 'System',
    scope: null,
    answers: { 200: { description: 'Text exposition format', schema: z.string(), contentType: 'text/plain' } },
    handler: async () => ({ status: 200, text: { type: contentType, content: await render() } }),
  });
}
