import { begin } from '../contract/run-state';
import { localTime } from '../domain/timing/local-time';
import { interpret } from '../interpreter/interpret';
import type { Graph, GraphStep } from '../journeys/graph';
import { Chooser } from './chooser';
import { ExplorerHost, type Passage } from './explorer-host';

/** One way through a journey, with the earliest time of everything on it. */
export interface Path {
  /** `entry`, or the exit that sent people on to another step. */
  from: string;
  choices: { stepId: string; outcome: string; what: string; local: string }[];
  messages: { stepId: string; local: string; at: string }[];
  outcome: string;
  /** Journeys that are asked to take the contact. */
  asked: string[];
  endsAt: string;
}

export interface Paths {
  paths: Path[];
  /** False where there are more than were looked at. */
  complete: boolean;
  /** Ways out of steps that no path takes, although the document has them. */
  untaken: { stepId: string; outcome: string; why: string }[];
}

/** More than these nobody reads. */
const MOST_PATHS = 500;
/** A Monday morning. */
const DEFAULT_ENTRY = Date.parse('2026-01-05T09:00:00Z');

/** Walks every path of a journey by the real interpreter, repeats once; what contradicts itself is not a path. */
export async function pathsOf(
  graph: Graph,
  { enteredAt = DEFAULT_ENTRY, zone = 'UTC', most = MOST_PATHS } = {},
): Promise<Paths> {
  const paths: Path[] = [];
  const taken = new Set<string>();
  let complete = true;
  for (const root of rootsOf(graph)) {
    for (let prescribed: number[] | null = []; prescribed;) {
      if (paths.length >= most) {
        complete = false;
        break;
      }
      const chooser: Chooser = new Chooser(prescribed);
      const host = new ExplorerHost({ graph, enteredAt, zone, chooser });
      await interpret({ enrollmentId: 'path', versionId: 'path', graph, state: begin(root.stepId) }, host);
      for (const way of host.passages) if (way.kind === 'chosen') taken.add(`${way.stepId} ${way.outcome}`);
      paths.push(pathOf(root.from, host.passages, zone));
      prescribed = chooser.next();
    }
  }
  return { paths, complete, untaken: complete ? untakenOf(graph, taken) : [] };
}

/** Where people may come from. */
function rootsOf({ first, exits }: Graph): { from: string; stepId: string }[] {
  const diverted = exits.flatMap((exit) => ('next' in exit ? [{ from: exit.event, stepId: exit.next }] : []));
  return [{ from: 'entry', stepId: first }, ...diverted];
}

function pathOf(from: string, passages: readonly Passage[], zone: string): Path {
  const local = (at: number) => localTime(at, zone);
  const end = [...passages].reverse().find((one) => one.kind === 'ended');
  return {
    from,
    choices: passages.flatMap((one) =>
      one.kind === 'chosen' ? [{ stepId: one.stepId, outcome: one.outcome, what: one.what, local: local(one.at) }] : [],
    ),
    messages: passages.flatMap((one) =>
      one.kind === 'message' ? [{ stepId: one.stepId, local: local(one.at), at: iso(one.at) }] : [],
    ),
    outcome: end?.outcome ?? '',
    asked: passages.flatMap((one) => (one.kind === 'asked' ? [one.journey] : [])),
    endsAt: iso(end?.at ?? 0),
  };
}

function untakenOf(graph: Graph, taken: ReadonlySet<string>): Paths['untaken'] {
  return Object.values(graph.steps).flatMap((step) =>
    waysOf(step)
      .filter(({ outcome }) => !taken.has(`${step.id} ${outcome}`))
      .map(({ outcome, why }) => ({ stepId: step.id, outcome, why })),
  );
}

const contradicted = 'what was decided before rules it out';

/** The ways out that a chooser is asked about, and why one could be missing. */
function waysOf(step: GraphStep): { outcome: string; why: string }[] {
  const guarded =
    'if' in step && step.if !== undefined
      ? [
          { outcome: 'passed', why: contradicted },
          { outcome: 'done', why: contradicted },
        ]
      : [];
  if (step.kind !== 'branch') return guarded;
  const cases = step.cases.map((_, index) => ({ outcome: `case:${index}`, why: contradicted }));
  return [...guarded, ...cases, { outcome: 'else', why: 'one of its cases always holds' }];
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
