import { checkMessages, checkNames } from './checks/behaviours';
import { checkCircles } from './checks/circles';
import { checkLoops, checkReachable, waysBetween } from './checks/paths';
import { checkIds, checkWays } from './checks/references';
import { compileGraph } from './compile';
import { journeyDocument, type JourneyDocument } from './document';
import type { Graph } from './graph';
import { complaintsOf } from './issues';
import { outline, type Placed } from './outline';
import { type Complaint, didYouMean, listed, type Problem } from './problem';
import { located, mostProblems, readSource } from './source';

/** What a document may refer to; null where it cannot be known, then it is not checked. */
export interface Lookups {
  /** Keys of published templates. */
  templates: ReadonlySet<string> | null;
  topics: ReadonlySet<string> | null;
  /** The key that it is to have. */
  key?: string;
}

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
  return { ok: true, document, graph: compileGraph(document, placed) };
}

function check(document: JourneyDocument, placed: Placed[], lookups: Lookups): Complaint[] {
  const references = [...checkIds(placed), ...checkWays(placed)];
  const others = [
    ...checkNames(document, placed),
    ...checkCircles(document),
    ...checkLookups(document, placed, lookups),
  ];
  // Paths mean nothing while a step cannot be found.
  return [...references, ...others, ...(references.length > 0 ? [] : checkPaths(document, placed))];
}

function checkPaths(document: JourneyDocument, placed: Placed[]): Complaint[] {
  const ways = waysBetween(placed);
  return [...checkReachable(placed, ways), ...checkLoops(placed, ways), ...checkMessages(document, placed, ways)];
}

function checkLookups(document: JourneyDocument, placed: Placed[], { templates, topics, key }: Lookups): Complaint[] {
  const { journey, topic } = document;
  const complaints: Complaint[] = [];
  if (key !== undefined && journey !== key) {
    const hint = 'a journey keeps its key; under another key it is another journey';
    complaints.push({ path: ['journey'], message: `this is the document of \`${journey}\`, not of \`${key}\``, hint });
  }
  if (topics !== null && !topics.has(topic)) {
    const hint = didYouMean(topic, topics) ?? `topics: ${listed(topics)}`;
    complaints.push({ path: ['topic'], message: `there is no topic \`${topic}\``, hint });
  }
  if (templates === null) return complaints;
  for (const { step, path } of placed) {
    if (step.kind !== 'email' || templates.has(step.template)) continue;
    complaints.push({
      path: [...path, 'template'],
      message: `there is no published template \`${step.template}\``,
      hint: didYouMean(step.template, templates) ?? 'publish it first',
    });
  }
  return complaints;
}
