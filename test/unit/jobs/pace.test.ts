import { Pace } from '../../../activities/jobs/pace';

/** How many people each page took. */
async function taken(pace: Pace, pages: number): Promise<number[]> {
  const sizes: number[] = [];
  for (let i = 0; i < pages; i += 1) await pace.run((people) => Promise.resolve(sizes.push(people)));
  return sizes;
}

test('quick pages grow up to the most', async () => {
  expect(await taken(new Pace(30), 5)).toEqual([5, 10, 20, 30, 30]);
});

test('after a page that fails fewer are tried', async () => {
  const pace = new Pace(100);
  await taken(pace, 3);
  const failing = pace.run(() => Promise.reject(new Error('too long')));
  await expect(failing).rejects.toThrow('too long');
  expect(await taken(pace, 1)).toEqual([10]);
});

test('one contact is always tried', async () => {
  const pace = new Pace(100);
  for (let i = 0; i < 4; i += 1) await pace.run(() => Promise.reject(new Error('x'))).catch(() => undefined);
  expect(await taken(pace, 1)).toEqual([1]);
});
