import { head } from '../journey-text';
import { asText, done, type Case } from './case';

const cases: [title: string, text: string, expected: string[]][] = [
  [
    'Liquid without quotes',
    `${head.replace('Sample', '{{ contact.company }}')}\n${done}`,
    ['2 /name: a mapping cannot be a key (quote text that begins with `{{`: "{{ contact.firstName }}")'],
  ],
  [
    'Liquid without quotes, and more text',
    `${head.replace('Sample', '{{ contact.company }} and more')}\n${done}`,
    [
      '2 : this is no YAML: Unexpected scalar at node end (quote text that begins with `{{`: "{{ contact.firstName }}")',
      '2 /name: a mapping cannot be a key (quote text that begins with `{{`: "{{ contact.firstName }}")',
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
      '10 /defaultExits: `no` is ambiguous (write false, or "no" in quotes if the word is meant)',
      '12 /steps/0/outcome: `on` is ambiguous (write true, or "on" in quotes if the word is meant)',
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
      '12 : this is no YAML: Source contains multiple documents; please use YAML.parseAllDocuments() (one file, one document: leave out the second `---`)',
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
  [
    'Liquid without quotes in a title',
    `${head}\n  - { id: t, kind: task, type: call, title: {{ contact.firstName }} }\n${done}`,
    ['11 /steps/0/title: a mapping cannot be a key (quote text that begins with `{{`: "{{ contact.firstName }}")'],
  ],
  [
    'a number that begins with 0',
    `${head.replace('form.submitted', 'x, where: { zip: 01067 }')}\n${done}`,
    ['9 /entry/0/where/zip: `01067` is ambiguous (write 1067, or "01067" in quotes if the digits are meant)'],
  ],
  [
    'a number that is longer than numbers are exact',
    `${head.replace('form.submitted', 'x, where: { orderId: 12345678901234567890 }')}\n${done}`,
    [
      '9 /entry/0/where/orderId: `12345678901234567890` is too long for a number (write "12345678901234567890" in quotes: it is text)',
    ],
  ],
  [
    'a merge key',
    `${head.replace('steps:', 'unless: &u { tier: high }\nsteps:')}\n  - { <<: *u, id: a, kind: email, template: t }\n${done}`,
    ['12 /steps/0: `<<` merges nothing in YAML 1.2 (write the keys out)'],
  ],
  [
    'a key that is a list',
    `${head}\n  - ? [id, kind]\n    : a\n${done}`,
    ['11 /steps/0: a mapping cannot be a key (quote text that begins with `{{`: "{{ contact.firstName }}")'],
  ],
  [
    'aliases that multiply',
    [
      'a: &a [x]',
      ...[...'bcdefg'].map((name, at) => `${name}: &${name} [${Array(9).fill(`*${'abcdef'[at]}`).join(', ')}]`),
    ].join('\n'),
    ['null : the document has too many or unknown aliases'],
  ],
  ['a date tag', 'a: !!timestamp 2026-01-01', ['1 /a: the tag `!!timestamp` has no meaning here (leave it out)']],
  [
    'a quote that is not closed',
    `${head}\n  - { id: "done, kind: exit, outcome: completed }`,
    [
      '11 : this is no YAML: Missing closing "quote',
      '11 : this is no YAML: Flow map in block collection must be sufficiently indented and end with a }',
    ],
  ],
  [
    'a tag within',
    `${head.replace('Sample', '!!binary aGVsbG8=')}\n${done}`,
    ['2 /name: the tag `!!binary` has no meaning here (leave it out)'],
  ],
  ['a tag that says what it is', 'a: !!set { x }', ['1 /a: the tag `!!set` has no meaning here (leave it out)']],
];

const noJson = {
  ...{ journey: 'sample', explain: 'X.', topic: 'education', entry: [] },
  steps: [{ id: 'm', kind: 'email', template: 't', with: { a: () => 1 } }],
};

/** What may be wrong with the text itself, or with data that is no JSON. */
export const yamlCases: Case[] = [
  ...cases.map(([title, text, expected]) => asText(title, text, expected)),
  asText('a function', noJson, ['null /steps/0/with/a: `a` must be JSON']),
];
