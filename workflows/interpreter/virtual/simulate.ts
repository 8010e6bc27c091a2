import { begin } from '../../contract/run-state';
import type { VisitOutcome } from '../../contract/visits';
import type { Json, JsonObject } from '../../domain/json';
import { settle } from '../../domain/people/settle';
import type { ScoreModel } from '../../domain/scoring/model';
import { newScore } from '../../domain/scoring/new-score';
import { countInput, openTally } from '../../domain/scoring/tally';
import { fitOf } from '../../domain/scoring/worth';
import type { SendState } from '../../domain/sending/state';
import { traitsOf } from '../../domain/updating/changes';
import type { Graph } from '../../journeys/graph';
import type { EffectName, Rest } from '../host';
import { interpret } from '../interpret';
import { happeningOf, type ScriptItem } from './script';
import type { Provider } from './send/send';
import { RestsForever, virtualHost, type Happening } from './virtual-host';
import {
  emptyWorld,
  mustFind,
  type ContactRow,
  type EnrollmentRow,
  type ScoreRow,
  type World,
  type WorldSettings,
} from './world';

/** Whoever is sent through a journey. */
export interface Persona {
  /** Epoch milliseconds. */
  entersAt: number;
  /** Standard fields by name; `traits` among them. */
  fields?: Record<string, Json>;
  /** Properties of the event that they enter by. */
  entry?: JsonObject;
  /** Points that they bring along. Fit is all of it; without it, the model judges their fields. */
  score?: { fit?: number | undefined; engagement?: number | undefined } | undefined;
}

export interface SimulationOptions {
  settings?: Partial<WorldSettings>;
  /** What the provider answers; it accepts everything unless told otherwise. */
  provider?: Provider;
  idempotent?: boolean;
  graceMs?: number;
  /** Visits at most: a journey that never rests ends here. */
  visits?: number;
  effectBegins?: (name: EffectName) => void;
  /** Of templates, by key; marketing where it is not named. */
  classes?: ReadonlyMap<string, 'marketing' | 'transactional'>;
  /** Makes a task's Liquid into text; without it, the Liquid is shown. */
  renderText?: World['renderText'];
  /** How behaviour and fields give points; without it only steps do. */
  scoreModel?: ScoreModel | undefined;
  /** What the persona does about a message that has just gone out. */
  whenSent?: (stepId: string, at: number) => readonly ScriptItem[];
}

export interface SimulatedStep {
  visit: number;
  stepId: string;
  kind: string;
  arrivedAt: number;
  /** Null while it is not over. */
  leftAt: number | null;
  deadline: number | null;
  outcome: VisitOutcome | null;
  /** In words, as recorded with the decision. */
  reason: string | null;
  message: { template: string | null; state: SendState; reason: string | null } | null;
}

export interface Simulation {
  steps: SimulatedStep[];
  /** Null if it rests for ever. */
  outcome: string | null;
  endedAt: number | null;
  /** Where it rests, if nothing will end that. */
  rests: Rest | null;
  world: World;
}

const ID = '00000000-0000-7000-8000-000000000001';
const MOST_VISITS = 1000;

/** Runs a journey for a persona on a virtual clock: every message, wait, branch and exit with time and reason. */
export async function simulate(
  graph: Graph,
  persona: Persona,
  it: SimulationOptions & { script?: readonly ScriptItem[] } = {},
): Promise<Simulation> {
  const world = worldFor(graph, persona, it);
  const host = virtualHost({
    world,
    enrollmentId: ID,
    happenings: (it.script ?? []).map((item) => happeningOf(item, ID)),
    ...(it.whenSent && { followUps: followUps(it.whenSent) }),
    provider: it.provider ?? (() => ({ kind: 'accepted', providerMessageId: null })),
    idempotent: it.idempotent ?? true,
    graceMs: it.graceMs ?? 60_000,
    effectBegins: (name) => {
      const most = it.visits ?? MOST_VISITS;
      if (world.visits.length > most) throw new Error(`more visits than ${most}`);
      it.effectBegins?.(name);
    },
  });
  const rests = await restOf(interpret({ enrollmentId: ID, versionId: ID, graph, state: begin(graph.first) }, host));
  const enrollment = enrollmentOf(graph, persona);
  const { outcome, endedAt } = world.enrollments.find(({ id }) => id === ID) ?? enrollment;
  return { steps: stepsOf(world), outcome, endedAt, rests, world };
}

function followUps(whenSent: NonNullable<SimulationOptions['whenSent']>): (world: World) => Happening[] {
  const told = new Set<string>();
  return (world) =>
    world.sends
      .filter(({ id, state, class: kind }) => kind !== 'internal' && wentOut.includes(state) && !told.has(id))
      .flatMap(({ id, stepId, settledAt }) => {
        told.add(id);
        return whenSent(stepId, settledAt ?? world.now).map((item) => happeningOf(item, ID));
      });
}

const wentOut: readonly SendState[] = ['accepted', 'delivered'];

async function restOf(run: Promise<unknown>): Promise<Rest | null> {
  try {
    await run;
    return null;
  } catch (error) {
    if (error instanceof RestsForever) return error.rest;
    throw error;
  }
}

function worldFor(graph: Graph, persona: Persona, it: SimulationOptions): World {
  const { settings = {}, classes, renderText, scoreModel } = it;
  const world = emptyWorld(persona.entersAt, settings);
  if (scoreModel) world.scoreModel = scoreModel;
  if (renderText) world.renderText = renderText;
  world.graphs.set(ID, classes ? pinned(graph) : graph);
  for (const [key, kind] of classes ?? []) world.classes.set(key, kind);
  world.contacts.push(contactOf(persona, world));
  world.enrollments.push(enrollmentOf(graph, persona));
  bringScore(world, mustFind(world.contacts, ID), persona);
  return world;
}

/** Fields in the form in which they are stored, with what follows from them: the level from a job title. */
function contactOf({ fields: said = {} }: Persona, { settings }: World): ContactRow {
  const fields = { email: 'persona@example.com', traits: {}, ...said };
  const read = settle({ fields: {}, origins: {} }, { fields, traits: traitsOf(fields) }, settings);
  return { id: ID, fields: { ...fields, ...read.fields, traits: read.traits }, origins: read.origins, lastTurn: 0n };
}

/** What the model says of their fields counts from the start, unless the persona says how much fit it is. */
function bringScore(world: World, contact: ContactRow, { score = {}, entersAt: at }: Persona): void {
  const tally = openTally(newScore(), []);
  contact.score = { tally, stale: false };
  countInput(tally, world.scoreModel, { kind: 'fields', at, contact: { ...contact.fields } });
  const judged = fitOf(tally.state);
  const brought = { fit: (score.fit ?? judged) - judged, engagement: score.engagement ?? 0 };
  for (const axis of ['fit', 'engagement'] as const) {
    const [rule, points] = ['brought along', brought[axis]];
    if (points === 0) continue;
    world.scores.push({ enrollmentId: ID, visit: 0, contactId: ID, axis, rule, points, at });
    countInput(tally, world.scoreModel, { kind: 'given', at, axis, points, rule });
  }
}

/** A draft has no versions of its templates yet: their keys stand for them. */
function pinned(graph: Graph): Graph {
  const steps = Object.entries(graph.steps).map(([id, step]) => {
    return [id, step.kind === 'email' ? { ...step, templateVersionId: step.template } : step];
  });
  return { ...graph, steps: Object.fromEntries(steps) as Graph['steps'] };
}

function enrollmentOf({ journey }: Graph, { entersAt, entry = {} }: Persona): EnrollmentRow {
  return {
    ...{ id: ID, journeyKey: journey, versionId: ID, contactId: ID, status: 'active', attention: null },
    ...{
      visit: 0,
      stepId: null,
      leaving: null,
      leavingCause: null,
      diverted: null,
      outcome: null,
      cause: null,
      mark: 0n,
    },
    ...{ entry, enteredAt: entersAt, endedAt: null, fastForwarded: false },
  };
}

function stepsOf({ visits, sends, decisions, scores }: World): SimulatedStep[] {
  return visits.map(({ visit, stepId, kind, arrivedAt, leftAt, deadline, outcome }) => {
    const send = sends.find((row) => row.visit === visit);
    const decision = decisions.filter((row) => row.visit === visit).at(-1);
    const message = send ? { template: send.template, state: send.state, reason: send.reason } : null;
    const given = scores.find((row) => row.visit === visit);
    const reason = decision?.reason ?? (given ? wordsOf(given) : null);
    return { visit, stepId, kind, arrivedAt, leftAt, deadline, outcome, reason, message };
  });
}

function wordsOf({ points, axis, rule }: ScoreRow): string {
  return `${points > 0 ? '+' : ''}${points} ${axis}: ${rule}`;
}
