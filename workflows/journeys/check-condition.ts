import type { Condition, Segments } from '../domain/conditions/condition';
import { segmentsNamed } from '../domain/conditions/needs';
import { MOST_PARTS, sizeOf } from '../domain/conditions/size';
import { tooMuch } from './checks/sizes';
import { compileJourney, type Lookups } from './compile-journey';
import { pointer, type Path, type Problem } from './problem';

export type CheckedCondition = { ok: true; condition: Condition } | { ok: false; problems: Problem[] };

const prefix = '/entry/0/becomes';

/** Reads and checks a condition that stands by itself, as those are checked that an entry waits for. */
export function checkCondition(where: unknown, lookups: Omit<Lookups, 'key' | 'outside'>): CheckedCondition {
  const around = { journey: 'condition', explain: 'None.', topic: 'none', entry: [{ becomes: where }] };
  const steps = [{ id: 'done', kind: 'exit', outcome: 'done' }];
  const topics = lookups.topics && new Set([...lookups.topics, 'none']);
  const compiled = compileJourney({ ...around, steps }, { ...lookups, topics, outside: true });
  if (!compiled.ok) return { ok: false, problems: compiled.problems.map(shortened) };
  const [entry] = compiled.document.entry;
  if (!entry || !('becomes' in entry)) throw new Error('a condition was compiled to something else');
  return { ok: true, condition: entry.becomes };
}

function shortened(problem: Problem): Problem {
  const path = problem.path.startsWith(prefix) ? problem.path.slice(prefix.length) : problem.path;
  return { ...problem, path };
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

/** Where other segments would come to ask too much by naming this one. */
export function checkSegmentSizes(key: string, condition: Condition, saved: Segments): Problem[] {
  const segments = { ...saved, [key]: condition };
  return Object.keys(saved).flatMap((other) => {
    const size = sizeOf({ segment: other }, segments) - 1;
    if (other === key || size <= MOST_PARTS || !segmentsNamed([{ segment: other }], segments).includes(key)) return [];
    return [{ path: '', line: null, message: `segment \`${other}\` names it: ${tooMuch(size)}` }];
  });
}

function referencesIn(condition: Condition, path: Path): { segment: string; path: Path }[] {
  if ('all' in condition) return condition.all.flatMap((part, i) => referencesIn(part, [...path, 'all', i]));
  if ('any' in condition) return condition.any.flatMap((part, i) => referencesIn(part, [...path, 'any', i]));
  if ('not' in condition) return referencesIn(condition.not, [...path, 'not']);
  return 'segment' in condition ? [{ segment: condition.segment, path: [...path, 'segment'] }] : [];
}
