import type { Reentry } from '../domain/entry';
import { compileStep } from './compile-step';
import type { JourneyDocument } from './document';
import type { EntrySource } from './entries';
import type { ExitBySource } from './exits';
import type { Graph, GraphEntry, GraphExit } from './graph';
import { groupTypes, spellOut } from '../domain/conditions/spell-out';
import type { EventGroups } from '../domain/events';
import type { Placed } from './outline';
import { planOf } from './plan';

/**
 * The graph of a document that passed its checks: flat, every `next` named, `of: journey` and the event groups of the
 * settings spelled out.
 */
export function compileGraph(document: JourneyDocument, placed: Placed[], groups: EventGroups): Graph {
  const plan = planOf(placed, groups);
  const { journey, topic, priority, entry, exits, defaultExits, window, spread, unless } = document;
  return {
    journey,
    name: document.name ?? journey,
    topic,
    priority,
    first: plan.target(placed[0]?.step.id ?? null),
    steps: Object.fromEntries(placed.flatMap((one) => compileStep(one, plan)).map((step) => [step.id, step])),
    entries: entry.map((one) => compileEntry(one, groups)),
    reentry: compileReentry(document.reentry),
    ...(unless !== undefined && { unless: spellOut(unless, groups) }),
    exits: exits.map((one) => compileExit(one, { plan, groups })),
    defaultExits,
    ...(window !== undefined && { window }),
    ...(spread !== undefined && { spread }),
  };
}

function compileEntry(entry: EntrySource, groups: EventGroups): GraphEntry {
  if ('event' in entry) return { kind: 'event', ...entry, ...groupTypes(entry.event, groups) };
  if ('becomes' in entry) return { kind: 'becomes', condition: spellOut(entry.becomes, groups) };
  if ('segment' in entry) return { kind: 'segment', segment: entry.segment };
  return { kind: 'schedule', schedule: entry.schedule, who: spellOut(entry.who, groups) };
}

interface Compiling {
  plan: ReturnType<typeof planOf>;
  groups: EventGroups;
}

function compileExit({ event, where, outcome, next }: ExitBySource, { plan, groups }: Compiling): GraphExit {
  const behaviour = { event, ...groupTypes(event, groups), ...(where !== undefined && { where }) };
  return outcome === undefined ? { ...behaviour, next: plan.target(next ?? null) } : { ...behaviour, outcome };
}

function compileReentry(reentry: JourneyDocument['reentry']): Reentry {
  if (typeof reentry === 'string') return { kind: reentry };
  return 'after' in reentry ? { kind: 'after', period: reentry.after } : { kind: 'per', property: reentry.per };
}
