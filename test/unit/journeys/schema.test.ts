import { compileSteps, problemsOf } from './journey-text';

test('every problem is told at once, in order of lines', () => {
  const steps = '  - { id: a, kind: email }\n  - { id: b, kind: wait, for: ages }\n  - { id: c }';
  const problems = problemsOf(compileSteps(steps, ['90 days', 'soon']));
  expect(problems.map((problem) => problem.split(' ')[0])).toEqual(['7', '11', '12', '13']);
});
