import { z } from 'zod';
import { loadGraph, validateDocument } from '../../prisma/stores/journeys';
import { previewEntries, usualPreview, type PreviewOf, type PreviewOutcome } from '../../prisma/stores/entry-preview';
import { checkWhere } from '../../prisma/stores/segments';
import type { Graph } from '../../workflows/journeys/graph';
import type { HandlerDeps } from '../deps';
import { lookingAtEverybody } from '../http/gate';
import { jsonObject } from '../http/json';
import { Problem } from '../http/problems';
import { ok } from '../http/reply';
import { defineRoute, type Route } from '../http/route';
import { demandJourney, invalidDocument, journeyParams } from './journeys';
import { invalidWhere } from './segments';

/** Below the time-outs of clients and proxies. */
const PREVIEW_MS = 10_000;

const common = {
  version: z.enum(['draft', 'published']).default('draft'),
  limit: z.int().min(0).max(100).default(20).meta({ description: 'Contacts to show with their reasons' }),
};
const properties = jsonObject.default({}).meta({ description: 'What they would be entered with' });

const body = z.union([
  z.strictObject({ ...common, days: z.int().min(1).max(90).default(30) }),
  z.strictObject({ ...common, properties, segment: z.string().max(64) }),
  z.strictObject({ ...common, properties, where: jsonObject }),
  z.strictObject({ ...common, properties, contactIds: z.array(z.uuid()).min(1).max(1000) }),
]);

const codes = ['no-key', 'already-in', 'been-before', 'too-soon', 'kept-out'] as const;

const preview = z
  .object({
    by: z.enum(['events', 'who', 'contacts']),
    looked: z.int().meta({ description: 'Contacts that had a chance to enter' }),
    wouldEnter: z.int().meta({ description: 'Contacts of them who would enter' }),
    runs: z.int().meta({ description: 'Enrollments that would begin' }),
    refused: z.partialRecord(z.enum(codes), z.int()).meta({ description: 'Contacts who would not, by reason' }),
    complete: z.boolean().meta({ description: 'Everybody was looked at; else it is at least that many' }),
    sample: z.array(
      z.object({
        contactId: z.uuid(),
        enters: z.boolean(),
        entryKey: z.string().nullable(),
        code: z.enum(codes).nullable(),
        reason: z.string().nullable(),
        event: z.object({ id: z.string(), type: z.string(), at: z.iso.datetime() }).nullable(),
      }),
    ),
  })
  .meta({ id: 'EntryPreview' });

const previewRoute = defineRoute({
  method: 'post',
  path: '/v1/journeys/:key/entries/preview',
  summary: 'Who would enter, and who would not and why',
  description: [
    'Writes nothing. Without anybody named it goes by the entries of the version: by the events of the last `days`, as if it had been published before them; or, where there are only entries by conditions, segments and schedules, by whom those hold for now.',
    'It judges by what is known of the contacts now, by the rules of re-entry and `unless` that hold when they really come.',
  ].join('\n\n'),
  tag: 'Journeys',
  scope: 'read',
  params: journeyParams,
  body,
  bodyOptional: true,
  answers: { 200: preview },
  problems: ['journey-invalid', 'segment-invalid', 'not-allowed-now', 'rate-limited'],
  handler: async ({ params: { key }, body: asked }, deps) => {
    const { db, now } = deps;
    const graph = await graphOf(deps, key, asked.version);
    const of = await previewOf(deps, asked, graph);
    const request = { graph, of, at: now(), sample: asked.limit, withinMs: PREVIEW_MS };
    const found = await lookingAtEverybody.pass(() => previewEntries(db, request));
    return ok({ by: of.kind, ...found, sample: found.sample.map(view) });
  },
});

function view({ event, ...outcome }: PreviewOutcome) {
  return { ...outcome, event: event && { ...event, at: event.at.toISOString() } };
}

async function graphOf({ db }: HandlerDeps, key: string, version: 'draft' | 'published'): Promise<Graph> {
  const journey = await demandJourney(db, key);
  if (version === 'published') {
    const graph = journey.publishedId === null ? null : await loadGraph(db, journey.publishedId);
    if (!graph) throw new Problem('not-allowed-now', 'This journey has no published version.');
    return graph;
  }
  const compiled = await validateDocument(db, key, { source: journey.draft });
  if (!compiled.ok) throw invalidDocument(compiled.problems);
  return compiled.graph;
}

async function previewOf(deps: HandlerDeps, asked: z.infer<typeof body>, graph: Graph): Promise<PreviewOf> {
  if ('days' in asked) return usualPreview(graph, asked.days);
  const properties = asked.properties;
  if ('contactIds' in asked) return { kind: 'contacts', contactIds: asked.contactIds, properties };
  const where = 'where' in asked ? asked.where : { segment: asked.segment };
  const checked = await checkWhere(deps.db, where);
  if (!checked.ok) throw invalidWhere(checked.problems);
  return { kind: 'who', condition: checked.condition, properties };
}

export const entryPreviewRoutes: readonly Route[] = [previewRoute];
