import { compileJourney } from '../../../workflows/journeys/compile-journey';
import { readSource } from '../../../workflows/journeys/source';
import { head, problemsOf, unchecked } from './journey-text';

const done = '  - { id: done, kind: exit, outcome: completed }';
const document = {
  journey: 'sample',
  explain: 'Somebody gets something.',
  topic: 'education',
  entry: [{ event: 'form.submitted' }],
  steps: [{ id: 'done', kind: 'exit', outcome: 'completed' }],
};

function problems(text: string): string[] {
  return problemsOf(compileJourney(text, unchecked));
}

test('aliases cannot explode', () => {
  const lines = ['a: &a [x, x, x, x, x, x, x, x, x]'];
  for (const [name, before] of ['ba', 'cb', 'dc', 'ed'].map((pair) => [pair[0], pair[1]])) {
    lines.push(`${name}: &${name} [${Array(9).fill(`*${before}`).join(', ')}]`);
  }
  expect(problems(lines.join('\n'))).toEqual(['null : the document has too many or unknown aliases']);
});

test('quoted words and keys are fine', () => {
  const text = `${head}\n  - { id: w, kind: wait, on: [{ event: x, where: { answer: "yes" } }] }\n${done}`;
  expect(problems(text)).toEqual([]);
});

test('JSON text and data compile alike', () => {
  const fromText = compileJourney(JSON.stringify(document, null, '\t'), unchecked);
  expect(fromText).toEqual(compileJourney(document, unchecked));
  expect(fromText.ok).toBe(true);
});

test('problems of data have no line', () => {
  expect(problemsOf(compileJourney({ ...document, topic: 7 }, unchecked))).toEqual([
    'null /topic: `topic` must be text',
  ]);
});

test('JSON text has lines too', () => {
  expect(problems(JSON.stringify({ ...document, topic: 7 }, null, 2))).toEqual(['4 /topic: `topic` must be text']);
});

test('lines are found through aliases', () => {
  const read = readSource('a: &x\n  b: 1\nc: *x\n');
  expect(read.ok && read.source.lineOf(['c', 'b'])).toBe(2);
  expect(read.ok && read.source.lineOf(['c', 'nowhere'])).toBe(3);
});
