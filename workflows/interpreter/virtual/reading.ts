import { holding } from '../../domain/visits/holds';
import type { Case } from '../../domain/visits/judge';
import type { EffectRequest } from '../../contract/effects';
import { contactZone } from '../../domain/timing/zone';
import type { Graph, StepKind, StepOf } from '../../journeys/graph';
import {
  graphOf,
  mustFind,
  type ContactRow,
  type EnrollmentRow,
  type HoldRow,
  type VisitRow,
  type World,
} from './world';

/** What an effect asks about. */
export type Asked = EffectRequest;

/** What an effect is decided from, as it stood when the effect took the contact's lock. */
export interface Reading {
  world: World;
  asked: Asked;
  enrollment: EnrollmentRow;
  /** Its status says held or needs attention, and this effect is not the run that rests there going on. */
  restsElsewhere: boolean;
  contact: ContactRow;
  graph: Graph;
  zone: string;
  /** The later of both clocks. */
  at: number;
  visits: readonly VisitRow[];
}

export function read(world: World, asked: Asked): Reading {
  const enrollment = mustFind(world.enrollments, asked.enrollmentId);
  const contact = mustFind(world.contacts, enrollment.contactId);
  const graph = graphOf(world, enrollment.versionId);
  return {
    ...{ world, asked, enrollment, contact, graph },
    restsElsewhere:
      enrollment.status !== 'active' && !(enrollment.attention && enrollment.attention.since === asked.resumes),
    zone: contactZone(contact.fields, world.settings.defaultZone),
    at: Math.max(asked.now, world.now),
    visits: world.visits.filter(({ enrollmentId }) => enrollmentId === enrollment.id),
  };
}

/** The case that the judge decides. */
export function caseOf(reading: Reading): Case {
  const { world, asked, enrollment, visits, at } = reading;
  return {
    request: asked,
    standing: enrollment,
    visits,
    hold: holdOf(reading),
    unprocessed: asked.closes?.outcome === 'timeout' && isUnsettled(reading),
    at,
    deadlineClock: enrollment.fastForwarded ? at : world.now,
  };
}

/** The pause that covers the step asked for. */
export function holdOf({ world, asked, enrollment, at }: Reading): { until: number | null } | null {
  return holding(
    world.holds.filter((hold) => covers(hold, enrollment, asked.stepId)),
    enrollment.id,
    at,
  );
}

export function covers(hold: HoldRow, enrollment: EnrollmentRow, stepId: string | null): boolean {
  switch (hold.scope) {
    case 'system':
      return true;
    case 'enrollment':
      return hold.enrollmentId === enrollment.id;
    case 'contact':
      return hold.contactId === enrollment.contactId;
    case 'journey':
      return hold.journeyKey === enrollment.journeyKey;
    case 'step':
      return hold.journeyKey === enrollment.journeyKey && hold.stepId === stepId;
  }
}

/** An event of the contact accepted before the closing visit's deadline is still unprocessed. */
function isUnsettled(reading: Reading): boolean {
  const { world, contact } = reading;
  const deadline = visitBefore(reading)?.deadline ?? null;
  if (deadline === null) return false;
  return world.events.some(
    ({ turn, receivedAt, keys }) =>
      turn === null && receivedAt < deadline && keys.some((key) => ownerOf(world, key) === contact.id),
  );
}

/** Whose key this is. The id of a record that was joined into another is the other's. */
export function ownerOf(world: World, key: string): string | undefined {
  if (!key.startsWith('contact:')) return world.identities.get(key);
  const id = key.slice('contact:'.length);
  return world.contacts.find((row) => row.id === id)?.mergedInto ?? id;
}

/** Turn of the contact's first event accepted at or after a deadline; null if there is none. */
export function firstLateTurn(world: World, contactId: string, deadline: number): bigint | null {
  const turns = world.events.flatMap((event) =>
    event.contactId === contactId && event.receivedAt >= deadline && event.turn !== null ? [event.turn] : [],
  );
  return turns.reduce<bigint | null>((least, turn) => (least === null || turn < least ? turn : least), null);
}

export function visitBefore({ visits, asked }: Reading): VisitRow | undefined {
  return visits.find(({ visit }) => visit === asked.visit - 1);
}

/** The step asked for, which must be of one of these kinds. */
export function stepOfKind<K extends StepKind>({ graph, asked }: Reading, ...kinds: readonly K[]): StepOf<K> {
  const step = graph.steps[asked.stepId];
  if (!isOfKind(step, kinds)) throw new Error(`${graph.journey} has no ${kinds.join(' or ')} step ${asked.stepId}`);
  return step;
}

function isOfKind<K extends StepKind>(
  step: Graph['steps'][string] | undefined,
  kinds: readonly K[],
): step is StepOf<K> {
  return kinds.some((kind) => kind === step?.kind);
}
