import { RowPeople } from '../../../workflows/domain/importing/meet';

const known = () =>
  new RowPeople(
    new Map([
      ['user:42', 'alice'],
      ['email:alice@x.test', 'alice'],
      ['email:bob@x.test', 'bob'],
    ]),
  );

test.each([
  ['a stranger', ['email:eve@x.test'], { kind: 'new' }],
  ['somebody known', ['user:42', 'email:alice@x.test'], { kind: 'known' }],
  ['another address of somebody', ['user:42', 'email:a@x.test'], { kind: 'known' }],
  ['two people', ['user:42', 'email:bob@x.test'], { kind: 'two', ids: ['alice', 'bob'] }],
])('a row names %s', (_, keys, met) => {
  expect(known().meet(keys)).toEqual(met);
});

test('rows before count as well', () => {
  const people = known();
  expect(people.meet(['user:7', 'email:eve@x.test'])).toEqual({ kind: 'new' });
  expect(people.meet(['user:7'])).toEqual({ kind: 'known' });
  expect(people.meet(['user:7', 'email:bob@x.test'])).toEqual({ kind: 'two', ids: null });
  expect(people.meet(['user:8', 'email:eve@x.test'])).toEqual({ kind: 'known' });
});
