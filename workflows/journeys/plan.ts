import type { EventGroups } from '../domain/events';
import type { Placed } from './outline';

/** What compiling a step needs to know of the others. */
export interface Plan {
  groups: EventGroups;
  /** Where arriving at a step begins. */
  target(id: string | null): string;
  /** Step ids of messages; all of them for `journey`. */
  messages(of: string | string[] | undefined): string[];
}

export function planOf(placed: Placed[], groups: EventGroups): Plan {
  const guarded = new Set(placed.filter(isGuarded).map(({ step }) => step.id));
  const all = placed.filter(isMessage).map(({ step }) => step.id);
  return {
    groups,
    target(id) {
      if (id === null) throw new Error('a path without an end was compiled');
      return guarded.has(id) ? guardOf(id) : id;
    },
    messages: (of) => [...new Set([of ?? []].flat().flatMap((id) => (id === 'journey' ? all : [id])))],
  };
}

/** Whether the step sends the contact something, so that behaviours may be `of` it. */
export function isMessage({ step }: Placed): boolean {
  return step.kind === 'email' || step.kind === 'message';
}

/** A branch, an exit and a handoff cannot be passed by themselves: with an `if` they get a branch before them. */
export function isGuarded({ step }: Placed): boolean {
  return step.if !== undefined && ['branch', 'exit', 'handoff'].includes(step.kind);
}

export function guardOf(id: string): string {
  return `${id}.if`;
}
