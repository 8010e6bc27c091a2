import type { Where } from './conditions/condition';
import { matchesWhere } from './conditions/evaluate';
import type { JsonObject } from './json';

/** What is waited for, entered on or left on: event types (groups spelled out) and tests. */
export interface Behaviour {
  types: readonly string[];
  /** Step ids of messages it must be about; empty for any event. */
  ofSteps: readonly string[];
  where: Where | null;
}

export interface Happening {
  type: string;
  properties: JsonObject;
  /** The message it is about. */
  about: { enrollmentId: string; stepId: string } | null;
}

/** Whether an event is the wanted behaviour; one about a message must be about this enrollment's own. */
export function isBehaviour(wanted: Behaviour, event: Happening, enrollmentId: string): boolean {
  if (!wanted.types.includes(event.type)) return false;
  if (wanted.ofSteps.length > 0 && !isAbout(wanted.ofSteps, event, enrollmentId)) return false;
  return passesWhere(wanted.where, event);
}

/** What a machine did (a scanner's click, a prefetched pixel) counts only where the author asks for it. */
export function passesWhere(where: Where | null, { properties }: Pick<Happening, 'properties'>): boolean {
  const asksForMachines = where !== null && Object.hasOwn(where, 'machine');
  if (properties.machine === true && !asksForMachines) return false;
  return where === null || matchesWhere(where, properties);
}

/** The types that an event's or a group's name stands for. */
export function typesOf(name: string, groups: Readonly<Record<string, readonly string[]>>): readonly string[] {
  return Object.hasOwn(groups, name) ? (groups[name] ?? [name]) : [name];
}

function isAbout(steps: readonly string[], { about }: Happening, enrollmentId: string): boolean {
  return about !== null && about.enrollmentId === enrollmentId && steps.includes(about.stepId);
}
