import type { Condition, Segments } from '../domain/conditions/condition';
import { segmentsNamed } from '../domain/conditions/needs';
import { compileJourney, type Lookups } from './compile-journey';
import { pointer, type Path, type Problem } from './problem';

export type CheckedCondition = { ok: true; condition: Condition } | { ok: false; problems: Problem[] };

const prefix = '/entry/0/becomes';

/** Reads and checks a condition that stands by itself, as those are checked that an entry waits for. */
export function checkCondition(where: unknown, lookups: Omit<Lookups, 'key'>): CheckedCondition {
  const around = { journey: 'condition', explain: 'None.', topic: 'none', entry: [{ becomes: where }] };
  const steps = [{ id: 'done', kind: 'exit', outcome: 'done' }];
  const topics = lookups.topics && new Set([...lookups.topics, 'none']);
  const compiled = compileJourney({ ...around, steps }, { ...lookups, topics });
  if (!compiled.ok) return { ok: false, problems: compiled.problems.map(shortened) };
  const [entry] = compiled.document.entry;
  if (!entry || !('becomes' in entry)) throw new Error('a condition was compiled to something else');
  return { ok: true, condition: entry.becomes };
}

function shortened(problem: Problem): Problem {
  const path = problem.path.startsWith(prefix) ? problem.path.slice(prefix.length) : problem.path;
  return { ...problem, path, message: problem.message.replace('before the journey begins', 'outside of a journey') };
}

/** Where a segment would lead back to itself, directly or through the saved ones. */
export function checkSegmentCycle(key: string, condition: Condition, saved: Segments): Problem[] {
  const others = Object.fromEntries(Object.entries(saved).filter(([name]) => name !== key));
  return referencesIn(condition, []).flatMap(({ segment, path }) => {
    const reached = [segment, ...segmentsNamed([{ segment }], others)];
    if (!reached.includes(key)) return [];
    return [{ path: pointer(path), line: null, message: `the segment leads back to itself through \`${segment}\`` }];
  });
}

function referencesIn(condition: Condition, path: Path): { segment: string; path: Path }[] {
  if ('all' in condition) return condition.all.flatMap((part, i) => referencesIn(part, [...path, 'all', i]));
  if ('any' in condition) return condition.any.flatMap((part, i) => referencesIn(part, [...path, 'any', i]));
  if ('not' in condition) return referencesIn(condition.not, [...path, 'not']);
  return 'segment' in condition ? [{ segment: condition.segment, path: [...path, 'segment'] }] : [];
}
