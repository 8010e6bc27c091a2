import { compileJourney } from '../../../workflows/journeys/compile-journey';
import type { Case } from './bad/case';
import { circleCases } from './bad/circles';
import { conditionCases } from './bad/conditions';
import { entryCases } from './bad/entries';
import { graphCases } from './bad/graph';
import { headCases } from './bad/head';
import { instantCases } from './bad/instants';
import { nameCases } from './bad/names';
import { otherStepCases } from './bad/other-steps';
import { refusedKeys, stepKeys } from './bad/step-keys';
import { sentences } from './bad/sentences';
import { stepCases } from './bad/steps';
import { yamlCases } from './bad/yaml';
import { problemsOf } from './journey-text';

const cases: Record<string, Case[]> = {
  yaml: yamlCases,
  head: headCases,
  entry: entryCases,
  condition: conditionCases,
  step: [...stepCases, ...otherStepCases],
  graph: graphCases,
  circle: circleCases,
  name: nameCases,
  instant: instantCases,
};

describe.each(Object.entries(cases))('%s', (_name, group) => {
  test.each(group.map((one) => [one.title, one] as const))('%s', (_title, { text, expected, lookups }) => {
    expect(problemsOf(compileJourney(text, lookups))).toEqual(expected);
  });
});

test('every sentence has a case', () => {
  const said = Object.values(cases).flatMap((group) => group.flatMap(({ expected }) => expected));
  const untold = sentences().filter(({ saidIn }) => !said.some(saidIn));
  expect(untold.map(({ place, text }) => `${place} ${text}`)).toEqual([]);
});

test('every key of every step has a case', () => {
  const refused = refusedKeys(Object.values(cases).flat());
  expect(stepKeys().filter((key) => !refused.has(key))).toEqual([]);
});
