import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { generatedPages } from '../../support/generated-pages';

test.each(generatedPages().map(({ path, text }) => [basename(path), path, text]))(
  '%s is up to date',
  (_name, path, text) => {
    expect(readFileSync(path, 'utf8')).toBe(text);
  },
);
