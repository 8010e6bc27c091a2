import { changesOf, patchedTraits } from '../../../workflows/domain/updating/changes';
import { updateChoice } from '../../../workflows/domain/updating/choice';
import { plannedUpdate, retagged, type Update } from '../../../workflows/domain/updating/update';

const planned = (set: Update['set'], it: Partial<Parameters<typeof plannedUpdate>[1]> = {}) =>
  plannedUpdate({ set, tags: { add: [], remove: [] } }, { fields: {}, entry: {}, ...it });

test('values are held to what the fields hold', () => {
  const long = 'x'.repeat(501);
  const set = { company: ' ACME ', companySize: 50, industry: null, jobTitle: [], phone: '  ', country: long };
  expect(planned({ ...set, targetAccount: 'true', 'traits.plan': { tier: 1 } })).toEqual({
    patch: {
      fields: { company: 'ACME', companySize: '50', industry: null, targetAccount: true },
      traits: { plan: { tier: 1 } },
    },
    refused: {
      jobTitle: 'it holds text of 1 to 500 characters',
      phone: 'it holds text of 1 to 500 characters',
      country: 'it holds text of 1 to 500 characters',
    },
  });
});

test('a journey writes no address and no unknown field', () => {
  const { patch, refused } = planned({ email: 'a@example.com', shoeSize: 44, 'traits.__proto__': 1, targetAccount: 3 });
  expect(patch).toEqual({ fields: {}, traits: {} });
  expect(refused).toEqual({
    email: 'a journey does not change addresses',
    shoeSize: 'there is no such field',
    'traits.__proto__': 'this is no name of a trait',
    targetAccount: 'it holds true or false',
  });
});

test('what the entry event lacks changes nothing', () => {
  const entry = { firm: { name: 'ACME' }, none: null };
  const set = { company: { entry: 'firm.name' }, industry: { entry: 'none' }, 'traits.a': { entry: 'no.such' } };
  expect(planned(set, { entry })).toMatchObject({
    patch: { fields: { company: 'ACME' }, traits: {} },
    refused: { industry: 'the entry event does not have it', 'traits.a': 'the entry event does not have it' },
  });
});

test.each([
  [null, ['a', 'A', ' b '], [], ['a', 'b']],
  [['x', 'Y', 'y', 3], ['z'], ['X'], ['Y', 'z']],
  ['single', ['more'], [], ['single', 'more']],
  [{ a: 1 }, [], ['a'], []],
  [['a'], ['a'], ['a'], ['a']],
])('tags %j plus %j minus %j are %j', (before, add, remove, after) => {
  expect(retagged(before, { add, remove })).toEqual(after);
});

test('tags follow on tags that are set', () => {
  const step = { set: { 'traits.tags': ['new'] }, tags: { add: ['more'], remove: [] } };
  const { patch } = plannedUpdate(step, { fields: { traits: { tags: ['old'] } }, entry: {} });
  expect(patch.traits).toEqual({ tags: ['new', 'more'] });
});

test('only what differs is a change', () => {
  const before = { company: 'ACME', industry: null, traits: { a: [1], b: 1, keep: 0 } };
  const patch = { fields: { company: 'ACME', industry: 'IT' }, traits: { a: [1], b: null, c: 2, toString: null } };
  expect(changesOf(before, patch)).toEqual({ industry: 'IT', 'traits.b': null, 'traits.c': 2 });
  expect(patchedTraits(before, patch.traits)).toEqual({ a: [1], keep: 0, c: 2 });
});

test('the decision names fields, not values', () => {
  expect(updateChoice({ company: 'secret' }, { email: 'no' })).toEqual({
    outcome: 'changed',
    reason: 'changes company; leaves email: no',
    inputs: { changed: ['company'], refused: { email: 'no' } },
  });
  expect(updateChoice({}, {}).outcome).toBe('unchanged');
});
