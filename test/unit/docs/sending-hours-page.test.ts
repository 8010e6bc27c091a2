import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { settingsPatchSchema } from '../../../prisma/stores/settings';
import { mainZoneOf } from '../../../workflows/domain/timing/country';

const page = readFileSync(join(__dirname, '../../../docs/sending-hours.md'), 'utf8');
const [, json = ''] = /^```json\n(.*?)^```$/ms.exec(page) ?? [];
const example = settingsPatchSchema.parse(JSON.parse(json));

test('the settings of the page are valid', () => {
  expect(example).toEqual(JSON.parse(json));
});

test('the table explains each of them', () => {
  const explained = [...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
  expect(explained.sort()).toEqual(Object.keys(example).sort());
});

test('the countries it names have these zones', () => {
  const named = [...page.matchAll(/`([A-Z]{2})` (?:is )?([A-Z][\wã]+(?: [A-Z][\wã]+)?)/g)].map(
    ([, code = '', city = '']) => [code, city],
  );
  expect(named).toHaveLength(6);
  for (const [code = '', city = ''] of named) {
    expect(mainZoneOf(code)).toBe(mainZoneOf(code)?.replace(/[^/]+$/, city.replace('ã', 'a').replace(' ', '_')));
  }
});
