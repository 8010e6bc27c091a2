import type { Json } from '../json';
import type {
  Condition,
  DidTest,
  Facts,
  FieldTest,
  JourneyTest,
  PropertyTest,
  Where,
  Scalar,
  ValueTest,
} from './condition';
import { builtInSegments } from './segments';
import { passes, valueAt } from './values';

/** Whether a condition holds, and for the decision record: each test in words, and the values as they were. */
export interface Verdict {
  holds: boolean;
  reasons: string[];
  inputs: Record<string, Json>;
}

/** Evaluates every part, also after the answer is clear, so that the record is complete. */
export function evaluate(condition: Condition, facts: Facts): Verdict {
  const reasons: string[] = [];
  const inputs: Record<string, Json> = {};
  const note = (holds: boolean, [what, found]: [string, Json]) => {
    reasons.push(`${what}: ${holds ? 'yes' : 'no'}, it is ${JSON.stringify(found)}`);
    inputs[what] = found;
    return holds;
  };
  const judge = (part: Condition): boolean => {
    if ('all' in part) return part.all.map(judge).every(Boolean);
    if ('any' in part) return part.any.map(judge).some(Boolean);
    if ('not' in part) return !judge(part.not);
    if ('segment' in part) {
      const found = inSegment(part.segment, judge);
      reasons.push(`in segment ${part.segment}: ${found ? 'yes' : 'no'}`);
      return found;
    }
    if ('did' in part) return judgeDid(part, facts, note);
    if ('journey' in part) return judgeJourney(part, facts, note);
    if ('field' in part || 'property' in part) return judgeValue(part, facts, note);
    throw new Error(`this condition cannot be evaluated yet: ${JSON.stringify(part)}`);
  };
  return { holds: judge(condition), reasons, inputs };
}

type Note = (holds: boolean, found: [string, Json]) => boolean;

/** An unknown segment has no members; documents that name one are refused when they are published. */
function inSegment(segment: string, judge: (condition: Condition) => boolean): boolean {
  const condition = Object.hasOwn(builtInSegments, segment) ? builtInSegments[segment] : undefined;
  return condition !== undefined && judge(condition);
}

function judgeValue(test: FieldTest | PropertyTest, facts: Facts, note: Note): boolean {
  const [name, path, values] =
    'field' in test ? ['contact', test.field, facts.contact] : ['event', test.property, facts.properties];
  const value = valueAt(values, path);
  return note(passes(test, value), [`${name}.${path} ${describeTest(test)}`, value]);
}

function judgeDid(test: DidTest, facts: Facts, note: Note): boolean {
  const times = test.times ?? 1;
  const count = facts.did[didKey(test)] ?? 0;
  return note(count >= times, [`${describeDid(test)} at least ${times} ×`, count]);
}

function judgeJourney(test: JourneyTest, facts: Facts, note: Note): boolean {
  const found = facts.journeys.filter(
    ({ journey, status }) => status === test.status && (test.journey === 'any' || journey === test.journey),
  );
  return note(found.length > 0, [`journey ${test.journey} ${test.status}`, found.map(({ journey }) => journey)]);
}

const operators = ['is', 'in', 'contains', 'startsWith', 'gt', 'gte', 'lt', 'lte', 'exists'] as const;

function describeTest(test: ValueTest): string {
  return operators
    .filter((operator) => test[operator] !== undefined)
    .map((operator) => `${operator} ${JSON.stringify(test[operator])}`)
    .join(' and ');
}

function describeDid({ did, of, where, within, since }: DidTest): string {
  const about = of === undefined ? '' : ` of ${[of].flat().join(', ')}`;
  const filter = where === undefined ? '' : ` where ${canonical(where)}`;
  const period = within === undefined ? '' : ` within ${within}`;
  return `did ${did}${about}${filter}${period}${since === undefined ? '' : ` since ${since}`}`;
}

/** Whether event properties pass a `where`: all of it, see `passes` for how values compare. */
export function matchesWhere(where: Where, properties: Record<string, Json>): boolean {
  return Object.entries(where).every(([path, test]) => passes(asTest(test), valueAt(properties, path)));
}

function asTest(test: Scalar | ValueTest): ValueTest {
  return typeof test === 'object' ? test : { is: test };
}

/** Under this key `Facts.did` holds how often; tests that differ only in `times` share it. */
export function didKey({ did, of, where, within, since }: DidTest): string {
  const steps = of === undefined ? null : [...new Set([of].flat())].sort();
  return canonical({ did, of: steps, where: where ?? {}, within: within ?? null, since: since ?? null });
}

/** JSON with sorted keys: equal values, equal text. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/** What a host must fetch before it can evaluate; the contact and the event at hand are always needed. */
export interface Needs {
  /** One for each `didKey`. Machine-made opens and clicks do not count unless `where` asks for `machine`. */
  did: DidTest[];
  /** Whether this contact's other enrollments are asked for. */
  journeys: boolean;
}

export function needsOf(conditions: readonly Condition[]): Needs {
  const did = new Map<string, DidTest>();
  let journeys = false;
  const visit = (part: Condition): void => {
    if ('all' in part) part.all.forEach(visit);
    else if ('any' in part) part.any.forEach(visit);
    else if ('not' in part) visit(part.not);
    else if ('segment' in part) inSegment(part.segment, (condition) => (visit(condition), true));
    else if ('did' in part) did.set(didKey(part), part);
    else if ('journey' in part) journeys = true;
  };
  conditions.forEach(visit);
  return { did: [...did.values()], journeys };
}
