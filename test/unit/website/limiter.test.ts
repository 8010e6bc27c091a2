import { Limiter, subscriberOf } from '../../../api/forms/limiter';

const at = Date.parse('2026-11-23T09:00:00Z');

test('who asks too often is told how long to wait', () => {
  const limiter = new Limiter(2);
  const take = (what: string, address: string, later = 0) => limiter.take({ what, address, at: at + later });
  expect([take('a', '192.0.2.1'), take('a', '192.0.2.1', 20_000)]).toEqual([null, null]);
  expect(take('a', '192.0.2.1', 20_000)).toBe(40);
  expect([take('b', '192.0.2.1', 20_000), take('a', '192.0.2.2', 20_000)]).toEqual([null, null]);
  expect(take('a', '192.0.2.1', 60_000)).toBeNull();
});

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
  ['2001:0db8:0001:0002:aaaa:bbbb:cccc:dddd', '2001:db8:1:2::/64'],
  ['2001:db8::1:2:3', '2001:db8:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['', ''],
])('%s is of %s', (address, subscriber) => {
  expect(subscriberOf(address)).toBe(subscriber);
});
