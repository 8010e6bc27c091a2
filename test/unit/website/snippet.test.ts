import { blocksOf } from '../../docs/page';
import { snippet } from '../../support/website';

test('what a page needs is short, and tested', () => {
  const shown = blocksOf('docs/website.md').find(({ text }) => text.includes('/n.js'))?.text ?? '';
  expect(shown.split('\n')[0]).toBe(snippet);
  expect(Buffer.byteLength(shown)).toBeLessThanOrEqual(400);
});
