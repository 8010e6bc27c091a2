import type { Json } from '../json';
import type {
  Condition,
  ConsentTest,
  DidTest,
  Facts,
  FieldTest,
  HowMany,
  JourneyTest,
  MailsTest,
  PropertyTest,
  Scalar,
  ScoreTest,
  TierTest,
  ValueTest,
  Where,
} from './condition';
import { canonical, didKey, mailsAsked } from './keys';
import { segmentCondition } from './segments';
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
  const note: Note = (holds, describe) => {
    const [what, found] = describe();
    reasons.push(`${what}: ${holds ? 'yes' : 'no'}, it is ${JSON.stringify(found)}`);
    inputs[what] = found;
    return holds;
  };
  const found: Verdicts = new Map();
  const judge = (part: Condition): boolean => {
    if ('all' in part) return part.all.map(judge).every(Boolean);
    if ('any' in part) return part.any.map(judge).some(Boolean);
    if ('not' in part) return !judge(part.not);
    if (!('segment' in part)) return judgeTest(part, facts, note);
    const holds = found.get(part.segment) ?? judgeSegment(part.segment, { facts, found, judge });
    reasons.push(`in segment ${part.segment}: ${holds ? 'yes' : 'no'}`);
    return holds;
  };
  return { holds: judge(condition), reasons, inputs };
}

/** Whether it holds, without a word about why: what is asked of many people and many conditions. */
export function meets(condition: Condition, facts: Facts): boolean {
  const found: Verdicts = new Map();
  const judge = (part: Condition): boolean => {
    if ('all' in part) return part.all.every(judge);
    if ('any' in part) return part.any.some(judge);
    if ('not' in part) return !judge(part.not);
    if (!('segment' in part)) return judgeTest(part, facts, quiet);
    return found.get(part.segment) ?? judgeSegment(part.segment, { facts, found, judge });
  };
  return judge(condition);
}

/** Segments that were judged: each once, for they may name one another many times over. */
type Verdicts = Map<string, boolean>;

interface Judging {
  facts: Facts;
  found: Verdicts;
  judge: (part: Condition) => boolean;
}

/** Nobody is in a segment that is not there, or that leads back to itself. */
function judgeSegment(segment: string, { facts, found, judge }: Judging): boolean {
  const saved = segmentCondition(segment, facts.segments);
  found.set(segment, false);
  const holds = saved !== undefined && judge(saved);
  found.set(segment, holds);
  return holds;
}

/** Takes down what was found; says whether it holds. */
type Note = (holds: boolean, describe: () => [string, Json]) => boolean;

const quiet: Note = (holds) => holds;

type Test = Exclude<Condition, { all: unknown } | { any: unknown } | { not: unknown } | { segment: unknown }>;

function judgeTest(test: Test, facts: Facts, note: Note): boolean {
  if ('did' in test) return judgeDid(test, facts, note);
  if ('journey' in test) return judgeJourney(test, facts, note);
  if ('score' in test) return judgeScore(test, facts, note);
  if ('tier' in test) return judgeTier(test, facts, note);
  if ('mails' in test) return judgeMails(test, facts, note);
  if ('consent' in test) return judgeConsent(test, facts, note);
  if ('handoff' in test) return note(facts.openHandoff, () => ['handoff open', facts.openHandoff]);
  return judgeValue(test, facts, note);
}

function judgeValue(test: FieldTest | PropertyTest, facts: Facts, note: Note): boolean {
  const [name, path, values] =
    'field' in test ? ['contact', test.field, facts.contact] : ['event', test.property, facts.properties];
  const value = valueAt(values, path);
  return note(passes(test, value), () => [`${name}.${path} ${describeTest(test)}`, value]);
}

function judgeDid(test: DidTest, facts: Facts, note: Note): boolean {
  const times = test.times ?? 1;
  const count = facts.did[didKey(test)] ?? 0;
  return note(count >= times, () => [`${describeDid(test)} at least ${times} ×`, count]);
}

function judgeJourney(test: JourneyTest, facts: Facts, note: Note): boolean {
  const found = facts.journeys.filter(
    ({ journey, status }) => status === test.status && (test.journey === 'any' || journey === test.journey),
  );
  return note(found.length > 0, () => [`journey ${test.journey} ${test.status}`, found.map(({ journey }) => journey)]);
}

function judgeScore({ score, atLeast, below }: ScoreTest, { score: now }: Facts, note: Note): boolean {
  const points = now[score];
  const holds = (atLeast === undefined || points >= atLeast) && (below === undefined || points < below);
  return note(holds, () => {
    const bounds = [atLeast === undefined ? [] : `at least ${atLeast}`, below === undefined ? [] : `below ${below}`];
    return [`score ${score} ${bounds.flat().join(' and ')}`, points];
  });
}

function judgeTier({ tier }: TierTest, { score }: Facts, note: Note): boolean {
  const wanted = typeof tier === 'string' ? [tier] : tier.in;
  return note(wanted.includes(score.tier), () => [`tier ${wanted.join(' or ')}`, score.tier]);
}

/** Where fewer mails were sent than the test is about, it is too early for `none` and `all`: neither holds. */
function judgeMails(test: MailsTest, facts: Facts, note: Note): boolean {
  const asked = mailsAsked(test);
  const mails = facts.mails.slice(0, asked);
  const holds = (how: HowMany | undefined, done: (mail: Facts['mails'][number]) => boolean): boolean => {
    if (how === undefined) return true;
    if (how === 'any') return mails.some(done);
    return mails.length === asked && mails.every((mail) => done(mail) === (how === 'all'));
  };
  const both = holds(test.opened, ({ opened }) => opened) && holds(test.clicked, ({ clicked }) => clicked);
  return note(both, () => {
    const parts = (['opened', 'clicked'] as const).flatMap((name) => (test[name] ? `${name} ${test[name]}` : []));
    const found = {
      sent: mails.length,
      opened: mails.filter(({ opened }) => opened).length,
      clicked: mails.filter(({ clicked }) => clicked).length,
    };
    return [`${parts.join(' and ')} of the ${test.mails} mails`, found];
  });
}

function judgeConsent({ consent }: ConsentTest, { optOuts }: Facts, note: Note): boolean {
  const against = optOuts.filter((scope) => scope === 'global' || scope === `topic:${consent}`);
  return note(against.length === 0, () => [`consent ${consent}`, against.length === 0 ? 'not opted out' : against]);
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
