import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';
import type { RequestHandler } from 'express';
import type { HandlerDeps } from '../deps';

export interface ApiMetrics {
  registry: Registry;
  observe: RequestHandler;
  countEvents: HandlerDeps['countEvents'];
}

/** One registry per application, so that two in one process do not meet. */
export function createMetrics(options: { process: boolean }): ApiMetrics {
  const registry = new Registry();
  if (options.process) collectDefaultMetrics({ register: registry });
  const seconds = new Histogram({
    name: 'nurture_http_request_seconds',
    help: 'Time to answer, by route and status',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [registry],
  });
  return { registry, observe: observer(seconds), countEvents: countingEvents(registry) };
}

function observer(seconds: Histogram<'method' | 'route' | 'status'>): RequestHandler {
  return (req, res, next) => {
    const end = seconds.startTimer();
    res.on('finish', () => {
      const route = typeof res.locals.route === 'string' ? res.locals.route : 'none';
      end({ method: req.method, route, status: res.statusCode });
    });
    next();
  };
}

/** Counts events by what became of them. */
function countingEvents(registry: Registry): ApiMetrics['countEvents'] {
  const events = new Counter({
    name: 'nurture_ingested_events_total',
    help: 'Events by what became of them',
    labelNames: ['answer'],
    registers: [registry],
  });
  return (counts) => {
    for (const [answer, count] of Object.entries(counts)) events.inc({ answer }, count);
  };
}
