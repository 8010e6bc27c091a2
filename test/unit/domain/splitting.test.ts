import { v4, v7 } from 'uuid';
import { armAt, drawOf } from '../../../workflows/domain/splitting/draw';
import { repetition } from '../../../workflows/domain/splitting/repeat';
import { partingOf } from '../../../workflows/domain/splitting/split';

const PEOPLE = 100_000;
const even = [
  { name: 'a', weight: 1 },
  { name: 'b', weight: 1 },
];
const who = (contactId: string, stepId = 'fork', journeyKey = 'welcome') => ({ contactId, journeyKey, stepId });

/** How far counts are from what was expected. */
function chiSquare(counts: readonly number[], expected: readonly number[]): number {
  return counts.reduce((sum, count, i) => sum + (count - (expected[i] ?? 0)) ** 2 / (expected[i] ?? 1), 0);
}

// Far in the tail: one in a million even draws comes out so uneven.
const OF_99_CELLS = 180;
const OF_3_CELLS = 31;

test.each([
  ['by time', () => v7()],
  ['at random', () => v4()],
  [
    'in a row',
    (
      (n) => () =>
        `00000000-0000-7000-8000-${String((n += 1)).padStart(12, '0')}`
    )(0),
  ],
])('draws are even over contacts made %s', (_, newId) => {
  const counts = Array.from({ length: 100 }, () => 0);
  for (let i = 0; i < PEOPLE; i += 1) {
    const cell = Math.floor(drawOf(who(newId())) * 100);
    counts[cell] = (counts[cell] ?? 0) + 1;
  }
  expect(
    chiSquare(
      counts,
      counts.map(() => PEOPLE / 100),
    ),
  ).toBeLessThan(OF_99_CELLS);
});

test('weights are shares', () => {
  const arms = [5, 3, 1, 1].map((weight, i) => ({ name: `arm-${i}`, weight }));
  const counts = [0, 0, 0, 0];
  for (let i = 0; i < PEOPLE; i += 1) {
    const arm = armAt(arms, drawOf(who(v7())));
    counts[arm] = (counts[arm] ?? 0) + 1;
  }
  expect(
    chiSquare(
      counts,
      [0.5, 0.3, 0.1, 0.1].map((share) => share * PEOPLE),
    ),
  ).toBeLessThan(OF_3_CELLS);
});

test('one draw says nothing about another', () => {
  const both = [0, 0, 0, 0];
  for (let i = 0; i < PEOPLE; i += 1) {
    const id = v7();
    const cell = armAt(even, drawOf(who(id, 'first'))) * 2 + armAt(even, drawOf(who(id, 'second')));
    both[cell] = (both[cell] ?? 0) + 1;
  }
  expect(
    chiSquare(
      both,
      both.map(() => PEOPLE / 4),
    ),
  ).toBeLessThan(OF_3_CELLS);
});

test('the same draw always', () => {
  const id = '0192f7c4-0000-7000-8000-000000000001';
  expect([drawOf(who(id)), drawOf(who(id, 'fork', 'other')), drawOf(who(id, 'another'))]).toEqual([
    0.6248177385423332, 0.36795836547389627, 0.37810973869636655,
  ]);
});

test('the edges of a draw have arms', () => {
  expect([0, 0.4999, 0.5, 0.999_999_999].map((draw) => armAt(even, draw))).toEqual([0, 0, 1, 1]);
  expect(armAt([{ name: 'only', weight: 1000 }], 0.99)).toBe(0);
  expect(() => armAt([], 0)).toThrow('a split has arms');
});

test('who has an arm stays in it', () => {
  const of = who(v7());
  const drawn = partingOf(even, of, null);
  const other = drawn.arm === 'a' ? 'b' : 'a';
  expect(drawn).toMatchObject({ drawn: true, inputs: { arm: drawn.arm, weights: { a: 1, b: 1 } } });
  expect(partingOf(even, of, other)).toMatchObject({ drawn: false, arm: other, reason: `${other}, as drawn before` });
  expect(partingOf(even, of, 'gone')).toMatchObject({ drawn: true, arm: drawn.arm });
});

test('more weight takes in, and lets nobody out', () => {
  const more = [
    { name: 'a', weight: 3 },
    { name: 'b', weight: 1 },
  ];
  for (let i = 0; i < 1000; i += 1) {
    const of = who(v7());
    const before = partingOf(even, of, null).arm;
    expect(partingOf(more, of, before).arm).toBe(before);
    if (before === 'a') expect(partingOf(more, of, null).arm).toBe('a');
  }
});

test('a repeat goes back as often as it says', () => {
  const rounds = [0, 1, 2, 3, 4].map((gone) => repetition({ from: 'mail', times: 3 }, gone));
  expect(rounds.map(({ outcome, reason }) => `${outcome} ${reason}`)).toEqual([
    'case:0 back to mail: round 1 of 3',
    'case:0 back to mail: round 2 of 3',
    'case:0 back to mail: round 3 of 3',
    'else all 3 rounds are done',
    'else all 3 rounds are done',
  ]);
});
