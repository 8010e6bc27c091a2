import type { Json } from '../../../workflows/domain/json';
import { normaliseField } from '../../../workflows/domain/people/normalise';
import { asDeclared, type TraitType } from '../../../workflows/domain/people/typed-trait';

const table: [TraitType, Json, Json | undefined][] = [
  ['number', '42', 42],
  ['number', 42, 42],
  ['number', '1,234.5', 1234.5],
  ['number', '1.234,5', 1234.5],
  ['number', '3,5', 3.5],
  ['number', "1'000", 1000],
  ['number', '-7', -7],
  ['number', '1e3', 1000],
  ['number', 'many', undefined],
  ['number', '', undefined],
  ['number', true, undefined],
  ['flag', 'yes', true],
  ['flag', 'No', false],
  ['flag', 1, true],
  ['flag', '0', false],
  ['flag', 'ja', true],
  ['flag', 'perhaps', undefined],
  ['date', '2026-03-01', '2026-03-01'],
  ['date', '2026-02-30', undefined],
  ['date', '1.3.2026', '2026-03-01'],
  ['date', '2026-03-01T10:00:00+01:00', '2026-03-01T09:00:00.000Z'],
  ['date', '2026-03-01 10:00', '2026-03-01T10:00:00.000Z'],
  ['date', 1_772_355_600, '2026-03-01T09:00:00.000Z'],
  ['date', 1_772_355_600_000, '2026-03-01T09:00:00.000Z'],
  ['date', 'tomorrow', undefined],
  ['list', 'a, b;c', ['a', 'b', 'c']],
  ['list', ['a'], ['a']],
  ['list', 3, [3]],
  ['text', 12, '12'],
  ['text', ['a'], undefined],
];

test.each(table)('%s of %j is %j', (type, said, read) => {
  expect(asDeclared(type, said)).toEqual(read);
});

test('nothing stays nothing', () => {
  for (const type of ['text', 'number', 'flag', 'date', 'list'] as const) expect(asDeclared(type, null)).toBeNull();
});

test('a trait that cannot be read stays and is flagged', () => {
  const rules = { industries: [], traits: [{ key: 'seats', name: 'Seats', type: 'number' as const }] };
  const read = (name: string, value: Json) => normaliseField(`traits.${name}`, value, { rules });
  expect(read('seats', '12')).toEqual({ value: 12, given: '12' });
  expect(read('seats', 'a dozen')).toEqual({ value: 'a dozen', unclear: true });
  expect(read('other', '12')).toEqual({ value: '12' });
});
