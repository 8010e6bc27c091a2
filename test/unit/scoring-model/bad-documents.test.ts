import { compileScoreModel } from '../../../workflows/scoring-model/compile-score-model';
import { sentences } from '../journeys/bad/sentences';
import { badCases, sound } from './bad-cases';

const lookups = { eventNames: { Demo: 'demo.requested' } };

function problemsOf(source: string | object): string[] {
  const compiled = compileScoreModel(source, lookups);
  if (compiled.ok) return [];
  return compiled.problems.map(
    ({ line, path, message, hint }) => `${line} ${path}: ${message}${hint === undefined ? '' : ` (${hint})`}`,
  );
}

test('the sound model is sound', () => {
  expect(problemsOf(sound)).toEqual([]);
});

describe.each(Object.entries(badCases))('%s', (_part, cases) => {
  test.each(cases)('%s', (_title, [from, to], ...expected) => {
    expect(sound).toContain(from);
    expect(problemsOf(sound.replace(from, to))).toEqual(expected);
  });
});

test('several faults are told at once, by line', () => {
  const text = sound
    .replace('is: owner', 'is: boss')
    .replace('email.clicked', 'email.foo')
    .replace('[75, 100]', '[2, 1]');
  expect(problemsOf(text).map((problem) => problem.split(':')[0])).toEqual([
    '5 /fit/0/when/is',
    '9 /engagement/1/on',
    '16 /thresholds/1',
  ]);
});

test('data is refused without lines', () => {
  expect(problemsOf({ model: 'x' })).toEqual(['null /explain: `explain` is missing']);
  expect(problemsOf('')).toEqual(['1 : the document must be a mapping']);
});

test('every sentence has a case', () => {
  const said = Object.values(badCases).flatMap((cases) => cases.flatMap(([, , ...expected]) => expected));
  const untold = sentences('scoring-model').filter(({ saidIn }) => !said.some(saidIn));
  expect(untold.map(({ place, text }) => `${place} ${text}`)).toEqual([]);
});
