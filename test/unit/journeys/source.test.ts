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

test.each<[string, string, string[]]>([
  [
    'Liquid without quotes',
    `${head.replace('Sample', '{{ contact.company }}')}\n${done}`,
    ['2 : a mapping cannot be a key (quote text that begins with `{{`: "{{ contact.firstName }}")'],
  ],
  [
    'Liquid without quotes, and more text',
    `${head.replace('Sample', '{{ contact.company }} and more')}\n${done}`,
    [
      '2 : this is no YAML: Unexpected scalar at node end (quote text that begins with `{{`: "{{ contact.firstName }}")',
      '2 : a mapping cannot be a key (quote text that begins with `{{`: "{{ contact.firstName }}")',
    ],
  ],
  [
    'tabs',
    `${head}\n\t- { id: done, kind: exit, outcome: completed }`,
    ['11 : this is no YAML: Tabs are not allowed as indentation (indent with spaces, not with tabs)'],
  ],
  [
    'yes and no',
    `${head.replace('steps:', 'defaultExits: no\nsteps:')}\n  - { id: done, kind: exit, outcome: on }`,
    [
      '10 : `no` is ambiguous (write false, or "no" in quotes if the word is meant)',
      '12 : `on` is ambiguous (write true, or "on" in quotes if the word is meant)',
    ],
  ],
  [
    'a key twice',
    `${head.replace('stage:', 'topic:')}\n${done}`,
    ['5 : this is no YAML: Map keys must be unique (each key may stand once in its mapping)'],
  ],
  ['YAML 1.1', `%YAML 1.1\n---\n${head}\n${done}`, ['1 : the document must be YAML 1.2 (leave out the %YAML line)']],
  [
    'two documents',
    `${head}\n${done}\n---\na: 1`,
    [
      '12 : this is no YAML: Source contains multiple documents; please use YAML.parseAllDocuments() (one journey, one document: leave out the second `---`)',
    ],
  ],
  ['text', 'hello', ['1 : the document must be a mapping']],
  ['nothing', '', ['1 : the document must be a mapping']],
  ['too much', `# ${'x'.repeat(256_000)}`, ['null : the document is longer than 256,000 characters']],
  ['too deep', `a: ${'['.repeat(50)}${']'.repeat(50)}`, [`1 /a${'/0'.repeat(40)}: nested deeper than 40 levels`]],
  ['far too deep', '['.repeat(200_000), ['null : the document is nested too deeply']],
  ['an alias to nothing', 'a: *b', ['null : the document has too many or unknown aliases']],
  ['an alias to itself', 'a: &a [*a]', [`1 /a${'/0'.repeat(40)}: nested deeper than 40 levels`]],
  ['a tag', 'a: !!js/function x', ['1 : this is no YAML: Unresolved tag: tag:yaml.org,2002:js/function']],
  ['NUL', 'name: "a\\0b"', ['1 /name: holds characters that are no text']],
  ['a lone surrogate', '{"name": "\\ud800"}', ['1 /name: holds characters that are no text']],
  ['infinity', head.replace('50', '.inf'), ['8 /priority: `priority` must be a number', '10 /steps: `steps` is empty']],
])('%s', (_title, text, expected) => {
  expect(problems(text)).toEqual(expected);
});

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
