import type { Json } from '../domain/json';
import { titleOf } from '../domain/people/titles';
import { deadlineOf } from '../domain/timing/deadline';
import { addDuration } from '../domain/timing/duration';
import { contactZone } from '../domain/timing/zone';
import type { ScriptItem } from '../interpreter/virtual/script';
import { simulate, type Simulation, type SimulationOptions } from '../interpreter/virtual/simulate';
import type { Graph } from '../journeys/graph';
import type { Deed, Persona } from './persona-shape';
import type { PersonaRun } from './persona-run';
import { reportOf } from './report';

export type RunOptions = Pick<SimulationOptions, 'settings' | 'classes' | 'renderText' | 'scoreModel'>;

/** Runs a draft for a persona on a virtual clock, by the interpreter that runs it live. */
export async function runPersona(graph: Graph, persona: Persona, options: RunOptions = {}): Promise<PersonaRun> {
  const zone = zoneOf(persona, options);
  const entersAt = instantIn(persona.entersAt, zone);
  const ofMessage = persona.does.filter((deed) => messageOf(deed) !== null);
  const others = persona.does.filter((deed) => messageOf(deed) === null);
  const fields = { ...titleFields(persona), ...persona.contact, traits: traitsOf(persona) };
  const simulation: Simulation = await simulate(
    graph,
    { entersAt, fields, entry: persona.entry, score: persona.score },
    {
      ...options,
      script: others.map((deed) => itemOf(deed, instantOfDeed(deed, entersAt, zone))),
      whenSent: (stepId, sentAt) =>
        ofMessage
          .filter((deed) => messageOf(deed) === stepId)
          .map((deed) => itemOf(deed, instantOfDeed(deed, sentAt, zone))),
    },
  );
  return reportOf(simulation, { graph, persona: persona.persona, enteredAt: entersAt, zone });
}

function zoneOf({ contact }: Persona, { settings }: RunOptions): string {
  return contactZone(contact, settings?.defaultZone ?? 'UTC');
}

/** What live contacts have from their job title. */
function titleFields({ contact }: Persona): Record<string, Json> {
  const { jobTitle } = contact;
  return typeof jobTitle === 'string' ? { ...titleOf(jobTitle) } : {};
}

function traitsOf({ contact }: Persona): Json {
  return contact['traits'] ?? {};
}

/** The step whose message a deed waits for; null for what has an instant of its own. */
function messageOf(deed: Deed): string | null {
  return 'event' in deed && deed.after !== undefined ? (deed.of ?? null) : null;
}

function instantOfDeed({ after, at }: Deed, from: number, zone: string): number {
  return after === undefined ? instantIn(at ?? '', zone) : addDuration(from, after, zone);
}

/** A date without an offset is the persona's own time. */
function instantIn(date: string, zone: string): number {
  return deadlineOf({ until: { date } }, { arrivedAt: 0, enteredAt: 0, zone, fields: {} }) ?? 0;
}

function itemOf(deed: Deed, at: number): ScriptItem {
  if ('event' in deed) {
    const { event: type, of, properties, traits } = deed;
    return { at, type, ...(of && { of }), ...(properties && { properties }), ...(traits && { traits }) };
  }
  switch (deed.do) {
    case 'leave':
      return { at, do: 'leave', outcome: deed.outcome ?? 'left' };
    case 'opt-out':
      return { at, do: 'opt-out', ...(deed.topic !== undefined && { topic: deed.topic }) };
    case 'pause':
    case 'resume':
    case 'skip':
    case 'retry':
    case 'cancel':
      return { at, do: deed.do };
  }
}
