import { mappingProblems, targetOf, type StepMapping } from '../../../workflows/domain/versions/mapping';
import { moveVerdict, type MoveFrom } from '../../../workflows/domain/versions/move';

const graph = (...steps: { id: string; kind: string; next?: string; via?: string }[]) => ({
  first: steps[0]?.id ?? '',
  steps: Object.fromEntries(steps.map((step) => [step.id, step])),
});

const mail = { id: 'mail', kind: 'email', next: 'rest' };
const rest = { id: 'rest', kind: 'wait', next: 'last' };
const last = { id: 'last', kind: 'email', next: 'done' };
const done = { id: 'done', kind: 'exit' };
const text = { id: 'text', kind: 'message', via: 'sms', next: 'done' };
const old = graph(mail, rest, last, text, done);

describe('a mapping', () => {
  const problems = (mapping: StepMapping, to = old) =>
    mappingProblems(mapping, { from: [old], to }).map(({ message }) => message);

  test('fits where it names steps of the same nature', () => {
    expect(problems({ mail: 'last', rest: 'rest', text: null })).toEqual([]);
  });
  test('leads a wait that is gone anywhere', () => {
    expect(problems({ rest: 'last' }, graph(mail, last, done))).toEqual([]);
  });
  test('leads a step that is another now anywhere', () => {
    expect(problems({ text: 'mail' }, graph(mail, { ...text, via: 'chat' }, done))).toEqual([]);
  });
  test.each<[string, StepMapping, string]>([
    ['an unknown step', { nope: 'mail' }, 'no version that people may be in has a step nope'],
    ['an unknown target', { mail: 'nope' }, 'the new version has no step nope'],
    [
      'a wait that is still there onto a mail',
      { rest: 'last' },
      'rest is still there: people at this wait cannot go on at the email last',
    ],
  ])('is refused for %s', (_name, mapping, message) => {
    expect(problems(mapping)).toEqual([message]);
  });
});

test('an id stands for itself while its nature stays', () => {
  expect(targetOf(text, {}, old)).toEqual({ kind: 'step', step: text });
  expect(targetOf(text, {}, graph({ ...text, via: 'chat' }))).toEqual({ kind: 'gone' });
});

describe('a move', () => {
  const at = (step: typeof mail, wentOut = false): MoveFrom => ({ at: 'open', step, wentOut });
  const before = (step: typeof mail): MoveFrom => ({ at: 'before', step });
  const waiting = { id: 'other', kind: 'wait', next: 'done' };
  const now = graph(rest, { ...last, next: 'other' }, waiting, done);

  test.each<[string, MoveFrom, StepMapping, unknown]>([
    ['nothing done begins anew', { at: 'start' }, {}, { kind: 'begin' }],
    ['a wait waits on', at(rest), {}, { kind: 'wait', stepId: 'rest' }],
    ['a wait waits on elsewhere', at(rest), { rest: 'other' }, { kind: 'wait', stepId: 'other' }],
    ['a message stays', at(last), {}, { kind: 'stay' }],
    ['a gone message goes on elsewhere', at(mail), { mail: 'last' }, { kind: 'ahead', stepId: 'last' }],
    ['one that went out is not repeated', at(mail, true), { mail: 'last' }, { kind: 'ahead', stepId: 'other' }],
    ['a gone message onto a wait goes there', at(mail, true), { mail: 'other' }, { kind: 'ahead', stepId: 'other' }],
    ['a step not taken is taken anew', before(last), {}, { kind: 'ahead', stepId: 'last' }],
    ['a step not taken may be mapped', before(mail), { mail: 'rest' }, { kind: 'ahead', stepId: 'rest' }],
    ['a gone step stays', before(mail), {}, { kind: 'gone', stepId: 'mail' }],
    ['a gone wait stays', at({ ...mail, kind: 'wait' }), {}, { kind: 'gone', stepId: 'mail' }],
    ['some end', at(rest), { rest: null }, { kind: 'end' }],
  ])('%s', (_name, from, mapping, verdict) => {
    expect(moveVerdict(from, mapping, now)).toEqual(verdict);
  });
});
