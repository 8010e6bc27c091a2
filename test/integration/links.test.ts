import { v7 } from 'uuid';
import { isToken, trackLinks } from '../../prisma/stores/links';
import { freshDatabase, type TestDatabase } from '../support/database';

let database: TestDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.drop());

const track = (sendId: string, urls: string[]) => trackLinks(database.db, sendId, urls);
const [a, b, c] = ['https://example.com/a', 'https://example.com/b', 'https://example.com/c'];

test('gives the same links the same tokens', async () => {
  const sendId = v7();
  const first = await track(sendId, [a, b, a]);
  expect(new Set(first).size).toBe(3);
  expect(first.every(isToken)).toBe(true);
  expect(await track(sendId, [a, b, a])).toEqual(first);
  expect(await track(v7(), [a, b, a])).not.toEqual(first);
});

test('agrees when rendered twice at once', async () => {
  const sendId = v7();
  const all = await Promise.all([1, 2, 3, 4].map(() => track(sendId, [a, b])));
  expect(new Set(all.map((tokens) => tokens.join())).size).toBe(1);
});

test('keeps old tokens when links change', async () => {
  const sendId = v7();
  const [forA, forB] = await track(sendId, [a, b]);
  const changed = await track(sendId, [c, b]);
  expect(changed[1]).toBe(forB);
  const stored = await database.db.clickLink.findMany({ where: { sendId } });
  expect(stored.find(({ token }) => token === forA)?.url).toBe(a);
  expect(stored.find(({ token }) => token === changed[0])?.url).toBe(c);
  expect(await track(sendId, [c, b])).toEqual(changed);
});
