import { planIdentities, type Told } from '../../../activities/pump/plan-identities';
import { ownerOf } from '../../../activities/pump/keys';
import type { KeyedEvent } from '../../../prisma/stores/pump/events';
import type { Owner } from '../../../prisma/stores/pump/identities';

let seq = 0n;
const event = (keys: string[], more: Partial<KeyedEvent> = {}): KeyedEvent => {
  seq += 1n;
  return { seq, keys, address: null, groupId: null, newAddress: null, fromBrowser: false, hops: 0, ...more };
};
const owners = (...rows: [key: string, contactId: string][]): Map<string, Owner> =>
  new Map(
    rows.map(([key, contactId]) => {
      const all = rows.filter(([, id]) => id === contactId).map(([name]) => name);
      const known = all.some((name) => /^(user|email):/.test(name));
      return [key, { key, contactId, known, hasUser: all.some((name) => name.startsWith('user:')) }];
    }),
  );
const plan = (events: KeyedEvent[], known = owners(), told: Partial<Told> = {}) => {
  let ids = 0;
  return planIdentities(events, known, { newId: () => `new${(ids += 1)}`, recognised: new Set(), ...told });
};

beforeEach(() => {
  seq = 0n;
});

test('keys of nobody become one new contact', () => {
  const { contacts, identities } = plan([event(['anonymous:x', 'user:1']), event(['user:1', 'email:a@b.test'])]);
  expect(contacts).toEqual([{ id: 'new1', seq: 1n }]);
  expect(identities.map(({ key, contactId }) => `${key} ${contactId}`)).toEqual([
    'anonymous:x new1',
    'user:1 new1',
    'email:a@b.test new1',
  ]);
});

test('an address among the traits is a key', () => {
  const { identities } = plan([event(['user:1'], { address: ' A@B.test ' })], owners(['user:1', 'A']));
  expect(identities).toEqual([{ key: 'email:a@b.test', contactId: 'A' }]);
});

test('a visitor joins whom they meet', () => {
  const known = owners(['anonymous:x', 'V'], ['email:a@b.test', 'K']);
  expect(plan([event(['anonymous:x', 'email:a@b.test'])], known).joins).toEqual([{ from: 'V', into: 'K', seq: 1n }]);
});

test('visitors of one batch join through each other', () => {
  const known = owners(['anonymous:x', 'V'], ['anonymous:y', 'W'], ['user:1', 'K']);
  const { joins } = plan([event(['anonymous:x', 'anonymous:y']), event(['user:1', 'anonymous:x'])], known);
  expect(joins.map(({ from, into }) => [from, into])).toEqual([
    ['W', 'K'],
    ['V', 'K'],
  ]);
});

test('a visitor new in this batch is never written', () => {
  const known = owners(['user:1', 'K']);
  const found = plan([event(['anonymous:x']), event(['anonymous:x', 'user:1'])], known);
  expect(found).toEqual({ contacts: [], identities: [{ key: 'anonymous:x', contactId: 'K' }], joins: [], lost: [] });
});

test('an id that many share is nobody', () => {
  const known = owners(['anonymous:kiosk', 'V'], ['user:1', 'K']);
  const events = [
    event(['user:1', 'anonymous:kiosk']),
    event(['user:2', 'anonymous:kiosk']),
    event(['anonymous:kiosk']),
  ];
  expect(plan(events, known, { crowds: new Set(['V']) })).toEqual({
    contacts: [{ id: 'new1', seq: 2n }],
    identities: [{ key: 'user:2', contactId: 'new1' }],
    joins: [],
    lost: [],
  });
});

test('two known contacts stay apart', () => {
  const known = owners(['user:1', 'A'], ['email:a@b.test', 'B']);
  expect(plan([event(['user:1', 'email:a@b.test'])], known)).toMatchObject({ contacts: [], identities: [], joins: [] });
});

test.each([
  ['an address to a known contact', ['user:1', 'email:e@b.test'], [['user:1', 'A']], []],
  [
    'a second user id',
    ['user:2', 'anonymous:x'],
    [
      ['user:1', 'A'],
      ['anonymous:x', 'A'],
    ],
    ['user:2 new1'],
  ],
  ['a user id to a known address', ['user:2', 'email:a@b.test'], [['email:a@b.test', 'A']], []],
  [
    'a user id to its own newsletter reader',
    ['user:2', 'anonymous:x'],
    [
      ['email:a@b.test', 'A'],
      ['anonymous:x', 'A'],
    ],
    [],
  ],
  [
    'what somebody else says of themselves',
    ['user:2', 'email:c@b.test', 'anonymous:x'],
    [
      ['email:a@b.test', 'A'],
      ['anonymous:x', 'A'],
    ],
    ['user:2 new1', 'email:c@b.test new1'],
  ],
  [
    'a visitor who signs up',
    ['user:2', 'email:c@b.test', 'anonymous:x'],
    [['anonymous:x', 'A']],
    ['user:2 A', 'email:c@b.test A'],
  ],
  ['an address to a visitor', ['anonymous:x', 'email:a@b.test'], [['anonymous:x', 'A']], ['email:a@b.test A']],
] as [string, string[], [string, string][], string[]][])('a browser gives %s', (_name, keys, known, expected) => {
  const { identities } = plan([event(keys, { fromBrowser: true })], owners(...known));
  expect(identities.map(({ key, contactId }) => `${key} ${contactId}`)).toEqual(expected);
});

test('a browser that came by their mail gives a user id', () => {
  const known = owners(['email:a@b.test', 'A'], ['anonymous:x', 'A'], ['anonymous:y', 'B']);
  const told = { recognised: new Set(['anonymous:x']) };
  const given = (keys: string[]) => plan([event(keys, { fromBrowser: true })], known, told).identities;
  expect(given(['user:2', 'anonymous:x'])).toEqual([{ key: 'user:2', contactId: 'A' }]);
  expect(given(['user:2', 'email:a@b.test', 'anonymous:y'])).toEqual([]);
});

test('who names a contact by id means that one', () => {
  const known = owners(['contact:V', 'V'], ['email:a@b.test', 'K']);
  expect(ownerOf(['email:a@b.test', 'contact:V'], known)?.contactId).toBe('V');
  expect(plan([event(['contact:gone'])], known).lost).toEqual([1n]);
});
