import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv/dist/2020';
import { parse } from 'yaml';
import { loadCatalog } from '../../../prisma/catalog';
import { compileJourney } from '../../../workflows/journeys/compile-journey';
import { journeyJsonSchema } from '../../../workflows/journeys/json-schema';

const page = readFileSync(join(__dirname, '../../../docs/journeys.md'), 'utf8');
const examples = [...page.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text = '']) => text);
const named = examples.map((text) => [/^journey: (.*)$/m.exec(text)?.[1] ?? '', text] as const);
const matchesSchema = new Ajv({ strict: false }).compile(journeyJsonSchema());

test('the page has its examples', () => {
  expect(named.map(([key]) => key)).toEqual([
    'ebook-follow-up',
    'order-care',
    'email-keys',
    'wait-keys',
    'branch-keys',
    'exit-keys',
    'condition-keys',
  ]);
});

test.each(named)('%s compiles', (_key, text) => {
  expect(compileJourney(text, { templates: null, topics: new Set(['education', 'product']) })).toMatchObject({
    ok: true,
  });
});

test.each([...named, ...loadCatalog().journeys.map(({ key, source }) => [key, source] as const)])(
  '%s matches the JSON Schema',
  (_key, text) => {
    expect(matchesSchema(parse(text))).toBe(true);
  },
);

test.each([
  ['an unknown key', { colour: 'red' }],
  ['an unknown kind', { steps: [{ id: 'a', kind: 'tsk' }] }],
  ['a wrong duration', { steps: [{ id: 'a', kind: 'wait', for: '2d' }] }],
])('the JSON Schema refuses %s', (_title, change) => {
  expect(matchesSchema({ ...parse(examples[0] ?? ''), ...change })).toBe(false);
});
