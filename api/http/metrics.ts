import { collectDefaultMetrics, Counter, Gauge as PromGauge, Histogram, Registry } from 'prom-client';
import type { RequestHandler } from 'express';
import type { Gauge, GaugeName } from '../../prisma/stores/gauges';
import type { HandlerDeps } from '../deps';

export interface ApiMetrics {
  contentType: string;
  observe: RequestHandler;
  countEvents: HandlerDeps['countEvents'];
  countSubmission: HandlerDeps['countSubmission'];
  /** Everything in the text format, with gauges a few seconds old at most. */
  render(): Promise<string>;
}

export interface MetricsOptions {
  /** Also figures of the process (memory, event loop). */
  process: boolean;
  /** What waits in the database now. */
  read: () => Promise<Gauge[]>;
}

/** One registry per application, so that two in one process do not meet. */
export function createMetrics({ process, read }: MetricsOptions): ApiMetrics {
  const registry = new Registry();
  if (process) collectDefaultMetrics({ register: registry });
  const seconds = new Histogram({
    name: 'nurture_http_request_seconds',
    help: 'Time to answer, by route and status',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [registry],
  });
  const countEvents = countingEvents(registry);
  const countSubmission = countingSubmissions(registry);
  const refresh = refreshing(registry, read);
  const render = async (): Promise<string> => {
    await refresh();
    return registry.metrics();
  };
  return { contentType: registry.contentType, observe: observer(seconds), countEvents, countSubmission, render };
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

/** Counts submissions of forms: what a program seems to have sent is thanked for and dropped, and seen here alone. */
function countingSubmissions(registry: Registry): ApiMetrics['countSubmission'] {
  const submissions = new Counter({
    name: 'nurture_form_submissions_total',
    help: 'Submissions of forms by what became of them',
    labelNames: ['form', 'answer'],
    registers: [registry],
  });
  return (form, answer) => submissions.inc({ form, answer });
}

const gaugeTable = {
  events_unprocessed: { help: 'Events accepted and not processed yet', label: null },
  events_oldest_seconds: { help: 'Age of the oldest unprocessed event', label: null },
  events_set_aside: { help: 'Events that kept failing and wait for a person', label: null },
  dispatch_owed: { help: 'Starts and wake-ups owed to Temporal', label: 'kind' },
  dispatch_oldest_seconds: { help: 'Age of the oldest one owed', label: null },
  dispatch_parked: { help: 'Starts and wake-ups that kept failing and wait for a person', label: null },
  sends_unknown: { help: 'Messages that may or may not have gone out', label: null },
  sends_deferred: { help: 'Messages that wait for a window, a cap, an address or a sender', label: null },
  enrollments_open: { help: 'People in journeys', label: 'status' },
  circuits_open: { help: 'Transports that refuse us', label: null },
} satisfies Record<GaugeName, { help: string; label: string | null }>;

/** However many scrape, the database is asked once in this time. */
const FRESH_MS = 5_000;
/** How long a scrape waits for the database. */
const PATIENCE_MS = 2_000;

/** Reads the gauges if they are old. Without the database there are none: an old figure would look like a good one. */
function refreshing(registry: Registry, read: MetricsOptions['read']): () => Promise<void> {
  const reachable = new PromGauge({
    name: 'nurture_database_up',
    help: 'Whether the gauges could be read from the database',
    registers: [registry],
  });
  const gauges = gaugesIn(registry);
  const refresh = async (): Promise<void> => {
    const found = await withPatience(read()).catch(() => null);
    reachable.set(found ? 1 : 0);
    for (const gauge of gauges.values()) empty(gauge);
    for (const { name, label, value } of found ?? []) {
      const labelName = gaugeTable[name].label;
      if (labelName !== null && label !== null) gauges.get(name)?.set({ [labelName]: label }, value);
      else gauges.get(name)?.set(value);
    }
  };
  let latest = { at: -Infinity, done: Promise.resolve() };
  return () => {
    if (performance.now() - latest.at >= FRESH_MS) latest = { at: performance.now(), done: refresh() };
    return latest.done;
  };
}

/** With its labels, and what it has without any. */
function empty(gauge: PromGauge): void {
  gauge.reset();
  gauge.remove({});
}

function gaugesIn(registry: Registry): Map<string, PromGauge> {
  return new Map(
    Object.entries(gaugeTable).map(([name, { help, label }]) => {
      const labelNames = label === null ? [] : [label];
      return [name, new PromGauge({ name: `nurture_${name}`, help, labelNames, registers: [registry] })];
    }),
  );
}

async function withPatience<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('the database is slow')), PATIENCE_MS);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
