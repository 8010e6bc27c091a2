import type { Json } from '../../../workflows/domain/json';
import { plainRules } from '../../../workflows/domain/people/normalise';
import type { Origins } from '../../../workflows/domain/people/origins';
import { settle, settleAgain } from '../../../workflows/domain/people/settle';

const person = (fields: Record<string, Json> = {}, origins: Origins = {}) => ({
  fields: { traits: {}, ...fields },
  origins,
});
const said = (fields: Record<string, Json>) => ({ fields, traits: {} });

test('a phone number is read by the country said with it', () => {
  const { fields, origins } = settle(person(), said({ phone: '0151 23456789', country: 'Germany' }), plainRules);
  expect(fields).toEqual({ phone: '+4915123456789', country: 'DE' });
  expect(origins).toEqual({ phone: { given: '0151 23456789' }, country: { given: 'Germany' } });
});

test('an unclear number is read again when the country comes', () => {
  const before = person({ phone: '0151 23456789' }, { phone: { unclear: true } });
  const { fields, origins } = settle(before, said({ country: 'DE' }), plainRules);
  expect(fields).toEqual({ phone: '+4915123456789', country: 'DE' });
  expect(origins).toEqual({ phone: { given: '0151 23456789' } });
  expect(settle(before, said({ country: 'Atlantis' }), plainRules).fields).toEqual({ country: 'Atlantis' });
});

test('level and department follow the title', () => {
  const { fields, origins } = settle(person(), said({ jobTitle: 'VP of Sales' }), plainRules);
  expect(fields).toEqual({ jobTitle: 'VP of Sales', seniority: 'vp', department: 'sales' });
  const gone = settle(person(fields, origins), said({ jobTitle: null }), plainRules);
  expect(gone.fields).toEqual({ jobTitle: null, seniority: null, department: null });
  expect(gone.origins).toEqual({});
});

test('what somebody says takes the place of what a company said', () => {
  const before = person({ industry: 'saas' }, { industry: { from: 'company' } });
  expect(settle(before, said({ industry: 'saas' }), plainRules).origins).toEqual({});
});

test('nothing new leaves everything as it is', () => {
  const before = person({ country: 'DE' }, { country: { given: 'Germany' } });
  expect(settle(before, said({ country: 'Germany' }), plainRules).origins).toBe(before.origins);
});

test('a field that cannot hold the value keeps its own', () => {
  const read = settle(person({ company: 'Acme' }), said({ company: { name: 'x' }, noField: 'y' }), plainRules);
  expect(read).toEqual({ fields: {}, traits: {}, origins: {} });
});

test('reading again uses what was said', () => {
  const rules = { traits: [], industries: [{ key: 'magic', name: 'Magic', also: ['Alchemy'] }] };
  const before = person(
    { industry: 'Alchemy', country: 'DE', owner: 'kim', company: 'Acme' },
    { industry: { unclear: true }, country: { given: 'Germany' }, owner: { from: 'company' } },
  );
  const { fields, origins } = settleAgain(before, rules);
  expect(fields).toEqual({ industry: 'magic', country: 'DE', company: 'Acme' });
  expect(origins).toEqual({
    ...{ industry: { given: 'Alchemy' }, country: { given: 'Germany' }, owner: { from: 'company' } },
  });
});

test('a number that was read stays when its owner has moved', () => {
  const before = person({ phone: '+33612345678', country: 'DE' }, { phone: { given: '06 12 34 56 78' } });
  const { fields, origins } = settleAgain(before, plainRules);
  expect(fields).not.toHaveProperty('phone');
  expect(origins).toEqual(before.origins);
  const unread = person({ phone: '0151 23456789', country: 'DE' });
  expect(settleAgain(unread, plainRules).fields).toMatchObject({ phone: '+4915123456789' });
});
