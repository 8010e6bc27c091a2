import { gzipSync } from 'node:zlib';
import { websiteScript } from '../../../website/build';

test('the script is small', async () => {
  const rules = '({"cookies":"after-consent","privacySignals":true});';
  expect(gzipSync((await websiteScript()) + rules, { level: 9 }).length).toBeLessThanOrEqual(5 * 1024);
});

test('the script makes no code of text', async () => {
  expect(await websiteScript()).not.toMatch(/\beval\b|new Function|innerHTML|document\.write/);
});
