import type { ValueTest } from '../../../workflows/domain/conditions/condition';
import { passes, valueAt } from '../../../workflows/domain/conditions/values';
import type { Json } from '../../../workflows/domain/json';

test.each<[string, ValueTest, Json, boolean]>([
  ['text ignores case', { is: 'SaaS' }, 'saas', true],
  ['text keeps its spaces', { is: 'saas' }, 'saas ', false],
  ['composed and decomposed letters are equal', { is: 'caf\u00e9' }, 'CAFE\u0301', true],
  ['a number equals its text', { is: 5 }, '5', true],
  ['a number equals other spellings of itself', { is: 5 }, ' 5.0', true],
  ['a number is not a text that begins with it', { is: 5 }, '5 apples', false],
  ['text is not another spelling of a number', { is: '007' }, 7, false],
  ['text equals a number written that way', { is: '7' }, 7, true],
  ['true equals its word', { is: true }, 'TRUE', true],
  ['true is not 1', { is: true }, 1, false],
  ['false is not missing', { is: false }, null, false],
  ['a list is not its element', { is: 'a' }, ['a'], false],
  ['in finds one of several', { in: ['x', 'PRO', 3] }, 'pro', true],
  ['in nothing is false', { in: [] }, 'pro', false],
  ['contains finds a part', { contains: 'ROI' }, 'our roi story', true],
  ['contains finds an element', { contains: 'Crm' }, ['erp', 'crm'], true],
  ['contains wants the whole element', { contains: 'cr' }, ['crm'], false],
  ['contains does not look into numbers', { contains: 1 }, 112, false],
  ['startsWith compares the beginning', { startsWith: '/pricing' }, '/Pricing/eu', true],
  ['startsWith misses the middle', { startsWith: 'pricing' }, '/pricing', false],
  ['gt compares numbers', { gt: 9 }, '10', true],
  ['gt is strict', { gt: 10 }, 10, false],
  ['gte includes', { gte: 10 }, 10, true],
  ['lt compares dates', { lt: '2026-03-01' }, '2026-02-28T23:59:59Z', true],
  ['a date without a zone is UTC', { lte: '2026-02-28T23:00:00Z' }, '2026-02-28T23:00', true],
  ['a date with an offset is moved', { lt: '2026-03-01' }, '2026-03-01T01:00:00+02:00', true],
  ['text has no order', { lt: '2026-03-01' }, 'apple', false],
  ['a day that does not exist has no order', { lt: '2027-01-01' }, '2026-99-01', false],
  ['31 February has no order', { gt: '2026-01-01' }, '2026-02-31', false],
  ['exists wants a value', { exists: true }, null, false],
  ['exists false wants none', { exists: false }, null, true],
  ['an empty text exists', { exists: true }, '', true],
  ['all operators must hold', { gt: 1, lt: 5 }, 7, false],
])('%s', (_title, operators, value, expected) => {
  expect(passes(operators, value)).toBe(expected);
});

test.each<[string, string, Json]>([
  ['plain', 'a', 1],
  ['nested', 'deep.er', 'x'],
  ['dotted key first', 'utm.source', 'key'],
  ['list element', 'list.1.sku', 'B'],
  ['missing', 'deep.er.still', null],
  ['no inherited keys', 'constructor.name', null],
  ['no length', 'list.length', null],
])('valueAt: %s', (_title, path, expected) => {
  const object: Record<string, Json> = {
    a: 1,
    deep: { er: 'x' },
    'utm.source': 'key',
    utm: { source: 'path' },
    list: [{}, { sku: 'B' }],
  };
  expect(valueAt(object, path)).toEqual(expected);
});
