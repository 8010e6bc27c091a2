import fc from 'fast-check';
import { compileJourney } from '../../../workflows/journeys/compile-journey';
import { documentOf } from '../../support/agreement/documents';
import { Tape, tapes } from '../../support/agreement/tape';
import { problemsOf, unchecked } from './journey-text';

const kinds = new Set<string>();

test('whatever an author may write compiles', () => {
  fc.assert(
    fc.property(tapes, (tape) => {
      const compiled = compileJourney(documentOf(new Tape(tape)), unchecked);
      expect(problemsOf(compiled)).toEqual([]);
      if (compiled.ok) for (const { kind } of Object.values(compiled.graph.steps)) kinds.add(kind);
    }),
    { numRuns: 300 },
  );
});

test('every kind of step was among them', () => {
  const all = 'branch email enroll exit message notify repeat score split task update wait';
  expect([...kinds].sort().join(' ')).toBe(all);
});
