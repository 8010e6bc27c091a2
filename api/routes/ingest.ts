import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { acceptEvents } from '../../prisma/stores/events';
import type { HandlerDeps } from '../deps';
import type { Caller } from '../http/auth';
import { agentOf } from '../http/agent';
import { Problem } from '../http/problems';
import { ok, type Reply } from '../http/reply';
import { defineRoute, type Route } from '../http/route';
import { itemTypes, type ItemType } from '../ingest/item';
import { translate, type ItemError, type Translated } from '../ingest/translate';
import { instantOf } from '../ingest/when';

const MAX_BATCH = 1000;

const answer = z
  .object({
    accepted: z.int(),
    duplicates: z.int().meta({ description: 'Already known by their messageId' }),
    rejected: z.array(
      z.object({
        index: z.int(),
        messageId: z.string().nullable(),
        errors: z.array(z.object({ pointer: z.string(), detail: z.string() })),
      }),
    ),
  })
  .meta({ id: 'IngestAnswer' });

/** Segment's libraries put more into a request than we need: unknown fields are kept. */
const single = z.looseObject({}).meta({ description: "One message in the shape of Segment's HTTP API" });
const batch = z.looseObject({
  batch: z.array(z.unknown()).max(MAX_BATCH, `at most ${MAX_BATCH} events`),
  sentAt: z.string().nullish(),
});

const project = z.object({
  integrations: z.object({ 'Segment.io': z.object({ apiKey: z.string(), apiHost: z.string(), protocol: z.string() }) }),
  metrics: z.object({ sampleRate: z.number() }),
});

const descriptions: Record<ItemType, string> = {
  track: 'Record what a person did',
  identify: 'Tell who a person is',
  page: 'Record a page view',
  screen: 'Record a screen view of an app',
  group: "Tell about a person's company",
  alias: 'Tell that two ids are one person',
};

/** Segment's servers have these names, its browser library the short ones. */
export const ingestRoutes: Route[] = [
  ...itemTypes.flatMap((type) => [singleRoute(type, `/v1/${type}`), singleRoute(type, `/v1/${type.charAt(0)}`)]),
  batchRoute('/v1/batch'),
  batchRoute('/v1/b'),
  libraryRoute(),
];

function singleRoute(type: ItemType, path: string): Route {
  return defineRoute({
    method: 'post',
    path,
    summary: descriptions[type],
    tag: 'Ingestion',
    scope: 'ingest',
    ingest: true,
    body: single,
    answers: { 200: answer },
    handler: async ({ body, caller, headers }, deps) => {
      const reply = await take([{ ...body, type }], { caller, headers, sentAt: body.sentAt }, deps);
      const [refused] = reply.rejected;
      if (refused) throw refusal(refused.errors);
      return ok(reply);
    },
  });
}

function batchRoute(path: string): Route {
  return defineRoute({
    method: 'post',
    path,
    summary: 'Record up to 1,000 messages',
    description: 'Each is taken or refused by itself; what is refused is listed in the answer.',
    tag: 'Ingestion',
    scope: 'ingest',
    ingest: true,
    body: batch,
    answers: { 200: answer },
    handler: async ({ body, caller, headers }, deps): Promise<Reply> =>
      ok(await take(body.batch, { caller, headers, sentAt: body.sentAt }, deps)),
  });
}

/** What Segment's browser library asks its CDN for. Pointed here, it learns to send here as well. */
function libraryRoute(): Route {
  return defineRoute({
    method: 'get',
    path: '/v1/projects/:writeKey/settings',
    summary: "Settings for Segment's browser library",
    tag: 'Ingestion',
    scope: null,
    cors: true,
    params: z.object({ writeKey: z.string().regex(/^[\w-]{1,200}$/) }),
    answers: { 200: project },
    handler: ({ params }, { config }) => {
      const { host, pathname, protocol } = new URL(config.publicUrl);
      const apiHost = `${host}${pathname.replace(/\/$/, '')}/v1`;
      const segment = { apiKey: params.writeKey, apiHost, protocol: protocol.slice(0, -1) };
      // The library would else report its own performance to its maker.
      return ok({ integrations: { 'Segment.io': segment }, metrics: { sampleRate: 0 } });
    },
  });
}

interface Refused {
  index: number;
  messageId: string | null;
  errors: ItemError[];
}

interface Sent {
  caller: Caller;
  headers: IncomingHttpHeaders;
  sentAt: unknown;
}

async function take(items: readonly unknown[], request: Sent, deps: HandlerDeps) {
  const around = {
    browser: request.caller.browser,
    machine: request.caller.browser && agentOf(request.headers) === 'crawler',
    receivedAt: deps.now(),
    sentAt: typeof request.sentAt === 'string' ? instantOf(request.sentAt) : null,
    eventNames: (await deps.settings.current()).eventNames,
  };
  const translated = items.map((item) => translate(item, around));
  const taken = translated.filter((item) => item.kind === 'event');
  const events = await deps.visits.withRecognised(taken, around.receivedAt);
  const fresh = await acceptEvents(deps.db, events);
  if (fresh.size > 0) deps.announceEvents();
  const rejected = refusedOf(translated);
  const accepted = new Set(taken.map(({ event }) => event.messageId).filter((id) => fresh.has(id))).size;
  const counts = { accepted, duplicates: taken.length - accepted };
  deps.countEvents({ ...counts, rejected: rejected.length });
  return { ...counts, rejected };
}

function refusedOf(translated: readonly Translated[]): Refused[] {
  return translated.flatMap((item, index) => {
    return item.kind === 'rejected' ? [{ index, messageId: item.messageId, errors: item.errors }] : [];
  });
}

function refusal(errors: ItemError[]): Problem {
  return new Problem('validation-failed', undefined, { errors: errors.map((error) => ({ ...error, in: 'body' })) });
}
