import { z } from 'zod';
import { checkText } from '../../messages/check-text';
import { renderText } from '../../messages/render-text';
import { findJourney, validateDocument } from '../../prisma/stores/journeys';
import { readModelNow } from '../../prisma/stores/scores/model';
import { readSegments } from '../../prisma/stores/saved-segments';
import { readSettings } from '../../prisma/stores/settings';
import { templateClasses } from '../../prisma/stores/templates';
import type { Graph } from '../../workflows/journeys/graph';
import { pathsOf } from '../../workflows/simulation/paths';
import type { Persona } from '../../workflows/simulation/persona-shape';
import { readPersonas } from '../../workflows/simulation/read-personas';
import { runPersona } from '../../workflows/simulation/run-persona';
import type { HandlerDeps } from '../deps';
import { jsonObject } from '../http/json';
import { notFound } from '../http/problems';
import { ok } from '../http/reply';
import { defineRoute, type Route } from '../http/route';
import { documentBody, invalidDocument } from './journeys';

const instant = z.iso.datetime();
const personaRun = z
  .object({
    persona: z.string(),
    journey: z.string(),
    zone: z.string(),
    enteredAt: instant,
    steps: z.array(
      z.object({
        visit: z.int(),
        stepId: z.string(),
        kind: z.string(),
        arrivedAt: instant,
        local: z.string().meta({ description: "By the persona's own clock" }),
        leftAt: instant.nullable(),
        deadline: instant.nullable(),
        outcome: z.string().nullable(),
        reason: z.string().nullable().meta({ description: 'As it would stand in the decision' }),
      }),
    ),
    messages: z.array(
      z.object({
        stepId: z.string(),
        visit: z.int(),
        channel: z.string(),
        template: z.string().nullable(),
        state: z.string(),
        reason: z.string().nullable(),
        at: instant,
        local: z.string(),
      }),
    ),
    tasks: z.array(
      z.object({
        stepId: z.string(),
        visit: z.int(),
        type: z.string(),
        for: z.string().nullable(),
        title: z.string(),
        note: z.string().nullable(),
        dueAt: instant.nullable(),
      }),
    ),
    asked: z.array(z.string()).meta({ description: 'Journeys that were asked to take them' }),
    outcome: z.string().nullable(),
    endedAt: instant.nullable(),
    restsAt: z.object({ stepId: z.string(), detail: z.string() }).nullable(),
  })
  .meta({ id: 'PersonaRun' });

const paths = z
  .object({
    complete: z.boolean().meta({ description: 'False where there are more paths than were walked' }),
    paths: z.array(
      z.object({
        from: z.string().meta({ description: '`entry`, or the exit that sent people on to another step' }),
        choices: z.array(z.object({ stepId: z.string(), outcome: z.string(), what: z.string(), local: z.string() })),
        messages: z.array(z.object({ stepId: z.string(), local: z.string(), at: instant })),
        outcome: z.string(),
        asked: z.array(z.string()),
        endsAt: instant,
      }),
    ),
    untaken: z
      .array(z.object({ stepId: z.string(), outcome: z.string(), why: z.string() }))
      .meta({ description: 'Ways out of steps that no path takes' }),
  })
  .meta({ id: 'JourneyPaths' });

const simulateRoute = defineRoute({
  method: 'post',
  path: '/v1/journeys/:key/simulate',
  reads: true,
  summary: 'Run a document, or the stored draft, on a virtual clock',
  description:
    'For each persona: every message, wait and fork, with its time and reason. Without personas, every path of the journey with its earliest times. Nothing is stored, and nobody is mailed.',
  tag: 'Journeys',
  scope: 'author',
  params: z.object({ key: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/) }),
  body: z.strictObject({
    document: documentBody.optional(),
    personas: z
      .union([z.array(jsonObject).min(1).max(100), z.string().max(100_000)])
      .optional()
      .meta({
        description: 'Who is sent through, and what they do; a list, or YAML',
      }),
  }),
  bodyOptional: true,
  answers: { 200: z.object({ personas: z.array(personaRun), paths: paths.nullable() }).meta({ id: 'Simulation' }) },
  problems: ['journey-invalid'],
  handler: async ({ params: { key }, body }, { db }) => {
    const graph = await compiled(db, key, body.document);
    const options = await optionsOf(db);
    const personas = body.personas === undefined ? [] : demandPersonas(body.personas, graph);
    const runs = [];
    for (const persona of personas) runs.push(await runPersona(graph, persona, options));
    const walked = body.personas === undefined ? await pathsOf(graph, { zone: options.settings.defaultZone }) : null;
    return ok({ personas: runs, paths: walked });
  },
});

async function compiled(db: HandlerDeps['db'], key: string, given?: string | object): Promise<Graph> {
  const source = given ?? (await findJourney(db, key))?.draft;
  if (source === undefined) throw notFound('journey');
  const result = await validateDocument(db, key, { source, checkText });
  if (!result.ok) throw invalidDocument(result.problems, given === undefined ? '' : '/document');
  return result.graph;
}

function demandPersonas(source: string | object, graph: Graph): Persona[] {
  const read = readPersonas(source, graph);
  if (!read.ok) throw invalidDocument(read.problems, '/personas');
  return read.personas;
}

/** What holds for live runs holds here: windows, caps, segments, classes of templates, the published score model. */
async function optionsOf(db: HandlerDeps['db']) {
  const { settings } = await readSettings(db);
  const segments = await readSegments(db, settings.eventGroups);
  const { model: scoreModel } = await readModelNow(db);
  return { settings: { ...settings, segments }, classes: await templateClasses(db), renderText, scoreModel };
}

export const simulationRoutes: readonly Route[] = [simulateRoute];
