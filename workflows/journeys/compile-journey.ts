import { checkBefore, checkMessages } from './checks/behaviours';
import { checkCircles } from './checks/circles';
import { checkInstants } from './checks/instants';
import { checkLookups } from './checks/lookups';
import { checkNames } from './checks/names';
import { allWays, checkLoops, checkReachable, waysForward } from './checks/paths';
import { checkIds, checkWays } from './checks/references';
import { checkRepeats } from './checks/repeats';
import { checkSizes } from './checks/sizes';
import { checkTexts } from './checks/texts';
import { checkWindows } from './checks/windows';
import { compileGraph } from './compile';
import { journeyDocument, type JourneyDocument } from './document';
import type { Graph } from './graph';
import { complaintsOf } from './issues';
import type { Lookups } from './lookups';
import { outline, type Placed } from './outline';
import type { Complaint, Problem } from './problem';
import { located, mostProblems, readSource } from './source';

export type { Lookups } from './lookups';

export type CompiledJourney =
  { ok: true; document: JourneyDocument; graph: Graph } | { ok: false; problems: Problem[] };

/** Reads, checks and compiles a journey: YAML 1.2 or JSON text, or data. Never throws for what an author wrote. */
export function compileJourney(source: string | object, lookups: Lookups): CompiledJourney {
  const read = readSource(source);
  if (!read.ok) return read;
  const { data } = read.source;
  const refuse = (complaints: Complaint[]): CompiledJourney => ({
    ok: false,
    problems: complaints
      .map((complaint) => located(complaint, read.source))
      .sort((a, b) => (a.line ?? 0) - (b.line ?? 0))
      .slice(0, mostProblems),
  });
  const parsed = journeyDocument.safeParse(data);
  if (!parsed.success) return refuse(complaintsOf(parsed.error.issues, data));
  const document = parsed.data;
  const placed = outline(document.steps);
  const complaints = check(document, placed, lookups);
  if (complaints.length > 0) return refuse(complaints);
  return { ok: true, document, graph: compileGraph(document, placed, lookups.eventGroups ?? {}) };
}

function check(document: JourneyDocument, placed: Placed[], lookups: Lookups): Complaint[] {
  const references = [...checkIds(placed), ...checkWays(document, placed)];
  const others = [
    ...checkNames(document, placed, lookups),
    ...checkBefore(document, placed, lookups),
    ...checkCircles(document, placed),
    ...checkLookups(document, placed, lookups),
    ...checkSizes(document, placed, lookups),
    ...checkWindows(document, placed, lookups),
    ...checkInstants(document, lookups),
    ...(lookups.checkText ? checkTexts(placed, lookups.checkText) : []),
  ];
  // Paths mean nothing while a step cannot be found.
  return [...references, ...others, ...(references.length > 0 ? [] : checkPaths(document, placed, lookups))];
}

function checkPaths(document: JourneyDocument, placed: Placed[], { eventGroups: groups = {} }: Lookups): Complaint[] {
  const forward = waysForward(placed);
  return [
    ...checkReachable(document, placed, forward),
    ...checkLoops(placed, forward),
    ...checkRepeats(placed, forward),
    ...checkMessages(document, { placed, ways: allWays(document, placed), groups }),
  ];
}
