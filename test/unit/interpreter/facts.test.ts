import type { Condition } from '../../../workflows/domain/conditions/condition';
import type { GraphStep } from '../../../workflows/journeys/graph';
import type { ScriptItem } from '../../../workflows/interpreter/virtual/script';
import { walk, type Walk } from './hand-made';
import { hours } from './play';

const exit = (id: string): GraphStep => ({ id, kind: 'exit', outcome: id });
const mail = (id: string, next: string): GraphStep => ({ id, kind: 'email', template: 't', next });
const score = (points: number, axis: 'fit' | 'engagement', next: string): GraphStep => ({
  ...{ id: `${axis}-points`, kind: 'score', points, axis, reason: 'r', next },
});
const day: GraphStep = { id: 'day', kind: 'wait', for: '1 day', on: [], next: 'fork' };

/** Two mails, points on both axes, a day, and then whether the condition holds. */
async function holds(when: Condition, it: Walk = {}): Promise<boolean> {
  const fork: GraphStep = { id: 'fork', kind: 'branch', cases: [{ when, next: 'yes' }], else: 'no' };
  const steps = [mail('one', 'two'), mail('two', 'fit-points'), score(30, 'fit', 'engagement-points')];
  const more = [score(-10, 'engagement', 'day'), day, fork, exit('yes'), exit('no')];
  return (await walk([...steps, ...more], it)).outcome === 'yes';
}

const clicked = (of: string, machine = false): ScriptItem => ({
  ...{ at: hours(2), type: 'email.clicked', of, properties: { machine } },
});
const optedOut = (topic: string): ScriptItem => ({ at: hours(2), do: 'opt-out', topic });
const saved = { nested: { segment: 'rich' }, rich: { score: 'total', atLeast: 20 } } satisfies Record<
  string,
  Condition
>;

test.each<[string, Condition, boolean, Walk?]>([
  ['the sum of both axes', { score: 'total', atLeast: 20, below: 21 }, true],
  ['one axis', { score: 'fit', atLeast: 30 }, true],
  ['the other axis', { score: 'engagement', atLeast: 0 }, false],
  ['the tier', { tier: { in: ['low', 'high'] } }, true],
  ['no mail opened', { mails: 'last 2', opened: 'none' }, true],
  ['too few mails', { mails: 'last 3', opened: 'none' }, false],
  ['one mail clicked', { mails: 'last 2', clicked: 'any' }, true, { script: [clicked('one')] }],
  ['the last mail not clicked', { mails: 'last 1', clicked: 'any' }, false, { script: [clicked('one')] }],
  ['a click is an opening', { mails: 'last 2', opened: 'any' }, true, { script: [clicked('two')] }],
  ['a machine’s click', { mails: 'last 2', clicked: 'any' }, false, { script: [clicked('one', true)] }],
  ['consent', { consent: 'product' }, true],
  ['no consent to a topic', { consent: 'product' }, false, { script: [optedOut('product')] }],
  ['consent to another topic', { consent: 'news' }, true, { script: [optedOut('product')] }],
  ['a saved segment', { segment: 'nested' }, true, { settings: { segments: saved } }],
  ['an unknown segment', { segment: 'nested' }, false],
  ['no handoff', { handoff: 'open' }, false],
])('%s', async (_, when, is, it = {}) => expect(await holds(when, it)).toBe(is));
