import { departments, seniorities, titleOf } from '../../../workflows/domain/people/titles';
import { titleExamples } from './title-examples';

test.each(Object.entries(titleExamples))('%s: %s', (title, expected) => {
  const { seniority, department } = titleOf(title);
  expect(`${seniority ?? '-'} ${department ?? '-'}`).toBe(expected);
});

test('there is an example of everything', () => {
  const said = Object.values(titleExamples).map((text) => text.split(' '));
  expect(seniorities.filter((name) => !said.some(([level]) => level === name))).toEqual([]);
  expect(departments.filter((name) => !said.some(([, department]) => department === name))).toEqual([]);
});

test('whatever is written, nothing breaks', () => {
  for (const title of ['(((', '🚀 CEO', 'a'.repeat(100_000), '\u0000', 'IN', '.'.repeat(5000), 'Leiter:'])
    expect(() => titleOf(title)).not.toThrow();
  expect(titleOf('🚀 CEO').seniority).toBe('c-level');
});

test('a hundred thousand titles take seconds', () => {
  const titles = Object.keys(titleExamples);
  const begin = performance.now();
  for (let i = 0; i < 100_000; i++) titleOf(titles[i % titles.length] ?? '');
  // Measured at 400 ms on one core; the rest is for a busy machine.
  expect(performance.now() - begin).toBeLessThan(5_000);
});
