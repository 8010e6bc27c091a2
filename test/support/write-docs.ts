// Writes the pages of docs/ that are made from tables: node --import tsx test/support/write-docs.ts
import { writeFileSync } from 'node:fs';
import { generatedPages } from './generated-pages';

for (const { path, text } of generatedPages()) writeFileSync(path, text);
