import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { v7 } from 'uuid';
import { readVisit, signVisit } from '../../../api/ingest/visit-token';

const secret = randomBytes(32);
const now = new Date('2026-11-23T09:00:00Z');
const after = (seconds: number) => new Date(now.getTime() + seconds * 1000);

test('a token names its send for 15 minutes', () => {
  const sendId = v7();
  const token = signVisit(sendId, now, secret);
  expect(readVisit(token, now, secret)?.sendId).toBe(sendId);
  expect(readVisit(token, after(15 * 60 - 1), secret)?.sendId).toBe(sendId);
  expect(readVisit(token, after(15 * 60), secret)).toBeNull();
});

test('each click has a token of its own', () => {
  const [one, two] = [0, 1].map(() =>
    readVisit(signVisit('0190a0a0-0000-7000-8000-000000000000', now, secret), now, secret),
  );
  expect(one?.nonce).toMatch(/^[\w-]{12}$/);
  expect(one?.nonce).not.toBe(two?.nonce);
});

test('a token fits into an address as it is', () => {
  expect(signVisit(v7(), now, secret)).toMatch(/^[\w-]{60}$/);
});

test('one changed letter makes it nothing', () => {
  const token = signVisit(v7(), now, secret);
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'];
  fc.assert(
    fc.property(fc.nat(token.length - 1), fc.constantFrom(...letters), (at, letter) => {
      const changed = token.slice(0, at) + letter + token.slice(at + 1);
      expect(readVisit(changed, now, secret) === null).toBe(changed !== token);
    }),
  );
});

test.each([
  ['nothing', ''],
  ['too little', signVisit(v7(), now, secret).slice(1)],
  ['too much', `${signVisit(v7(), now, secret)}AAAA`],
  ["somebody else's", signVisit(v7(), now, randomBytes(32))],
])('%s is no token', (_, token) => {
  expect(readVisit(token, now, secret)).toBeNull();
});
