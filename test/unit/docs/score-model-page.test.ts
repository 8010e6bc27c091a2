import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv/dist/2020';
import { parse } from 'yaml';
import { titleOf, departments, seniorities } from '../../../workflows/domain/people/titles';
import { compileScoreModel } from '../../../workflows/scoring-model/compile-score-model';
import { scoreModelDocument } from '../../../workflows/scoring-model/document';
import { scoreModelJsonSchema } from '../../../workflows/scoring-model/json-schema';
import { blocksOf, ROOT } from '../../docs/page';

const PAGE = 'docs/score-model.md';
const page = readFileSync(join(ROOT, PAGE), 'utf8');
const examples = blocksOf(PAGE).flatMap(({ language, text }) => (language === 'yaml' ? [`${text}\n`] : []));
const named = examples.map((text) => [/^model: (.*)$/m.exec(text)?.[1] ?? '', text] as const);
const catalog = join(ROOT, 'workflows/scoring-model/catalog');
const matchesSchema = new Ajv({ strict: false }).compile(scoreModelJsonSchema());

test.each(named)('%s compiles', (_key, text) => {
  const compiled = compileScoreModel(text);
  expect(compiled.ok ? [] : compiled.problems).toEqual([]);
});

test.each(named)('%s matches the JSON Schema', (_key, text) => {
  expect(matchesSchema(parse(text)) ? [] : matchesSchema.errors).toEqual([]);
});

test('the schema refuses what the compiler refuses', () => {
  const bad = ['explain: X.', 'model: x\nexplain: X.\nslience: null', 'model: x\nexplain: X.\ngrid: { fit: [1] }'];
  expect(bad.map((text) => matchesSchema(parse(text)))).toEqual([false, false, false]);
});

test('the standard model and its variants are shown', () => {
  const files = readdirSync(catalog, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.yaml'));
  expect(files.filter((file) => !examples.includes(readFileSync(join(catalog, file), 'utf8')))).toEqual([]);
  expect(files.length).toBe(7);
});

test('every key is told of', () => {
  const keys = Object.keys(scoreModelDocument.shape);
  expect(keys.filter((key) => !page.includes(`\`${key}\``))).toEqual([]);
  const rule = parse(examples.find((text) => text.startsWith('model: engagement-keys')) ?? '').engagement[0];
  const known = Object.keys(scoreModelDocument.shape.engagement.unwrap().element.shape);
  expect(Object.keys(rule).sort()).toEqual(known.sort());
});

test('titles are read as the page says', () => {
  const rows = [...page.matchAll(/^\| ((?:`[a-z-]+`(?:, )?)+) \| ([A-Z].*) \|$/gm)];
  const wrong = rows.flatMap(([, levels = '', titles = '']) =>
    titles.split(/, | · /).filter((title) => !levels.includes(`\`${titleOf(title).seniority}\``)),
  );
  expect(rows.length).toBe(8);
  expect(wrong).toEqual([]);
  for (const name of [...seniorities, ...departments]) expect(page).toContain(`\`${name}\``);
});
