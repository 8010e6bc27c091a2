import { Pauses } from '../../../activities/pump/pauses';

test('what fails is left alone for longer each time', () => {
  let now = 0;
  const pauses = new Pauses(60_000, () => now);
  expect(pauses.isOver('x')).toBe(true);
  const waited = Array.from({ length: 8 }, () => {
    pauses.noteFailure('x');
    const from = now;
    while (!pauses.isOver('x')) now += 60_000;
    return (now - from) / 60_000;
  });
  expect(waited).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
  expect(pauses.isOver('y')).toBe(true);
  pauses.noteSuccess('x');
  expect(pauses.noteFailure('x')).toBe(1);
});
