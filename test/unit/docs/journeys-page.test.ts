import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv/dist/2020';
import { parse } from 'yaml';
import { checkText } from '../../../messages/check-text';
import { loadCatalog } from '../../../prisma/catalog';
import { compileJourney } from '../../../workflows/journeys/compile-journey';
import { journeyJsonSchema } from '../../../workflows/journeys/json-schema';
import { stepKeys } from '../journeys/bad/step-keys';

const page = readFileSync(join(__dirname, '../../../docs/journeys.md'), 'utf8');
const examples = [...page.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text = '']) => text);
const named = examples.map((text) => [/^journey: (.*)$/m.exec(text)?.[1] ?? '', text] as const);
const matchesSchema = new Ajv({ strict: false }).compile(journeyJsonSchema());

test('the page has its examples', () => {
  expect(named.map(([key]) => key)).toEqual([
    'ebook-follow-up',
    'order-care',
    'entry-keys',
    'exits-keys',
    'email-keys',
    'message-keys',
    'notify-keys',
    'wait-keys',
    'branch-keys',
    'split-keys',
    'repeat-keys',
    'update-keys',
    'score-keys',
    'task-keys',
    'handoff-keys',
    'exit-keys',
    'condition-keys',
  ]);
});

test('the page shows every key of every step', () => {
  const shown = new Set(examples.flatMap((text) => keysOf(parse(text))));
  expect(stepKeys().filter((key) => !shown.has(key))).toEqual([]);
});

/** `kind.key` of every step, also the nested ones. */
function keysOf(part: unknown): string[] {
  if (Array.isArray(part)) return part.flatMap(keysOf);
  if (part === null || typeof part !== 'object') return [];
  const inner = Object.values(part).flatMap(keysOf);
  if (!('kind' in part)) return inner;
  const own = Object.keys(part).flatMap((key) => [`${String(part.kind)}.${key}`, `any.${key}`]);
  return [...own, ...inner];
}

test.each(named)('%s compiles', (_key, text) => {
  expect(compileJourney(text, { templates: null, topics: new Set(['education', 'product']), checkText })).toMatchObject(
    {
      ok: true,
    },
  );
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

test('every key has a description in the JSON Schema', () => {
  expect(undescribed(journeyJsonSchema(), '')).toEqual([]);
});

/** Keys of mappings that editors could say nothing about; `kind` names itself. */
function undescribed(part: unknown, path: string): string[] {
  if (part === null || typeof part !== 'object') return [];
  const { properties = {} } = part as { properties?: Record<string, object> };
  const own = Object.keys(properties).filter((key) => key !== 'kind' && !('description' in (properties[key] ?? {})));
  const inner = Object.entries(part).flatMap(([key, value]) => undescribed(value, `${path}/${key}`));
  return [...own.map((key) => `${path} ${key}`), ...inner];
}
