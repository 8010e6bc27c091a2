import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Json } from '../workflows/domain/json';
import type { Db } from './client';
import { publishJourney } from './stores/journey-versions';
import { findJourney, saveDraft } from './stores/journeys';
import { getTemplate, publishTemplate, replaceTemplateDraft } from './stores/templates';

const folder = join(__dirname, '../workflows/journeys/catalog');

const templateFile = z.strictObject({
  key: z.string(),
  subject: z.string(),
  html: z.string(),
  text: z.string().optional(),
  class: z.enum(['marketing', 'transactional']),
  variables: z.record(z.string(), z.custom<Json>()).default({}),
});

export interface Catalog {
  journeys: { key: string; source: string }[];
  templates: z.infer<typeof templateFile>[];
}

/** The journeys that Nurture ships, and the templates that they send. */
export function loadCatalog(): Catalog {
  const journeys = read(folder).map(({ name, text }) => ({ key: name, source: text }));
  const templates = read(join(folder, 'templates')).map(({ text }) => templateFile.parse(parse(text)));
  return { journeys, templates };
}

function read(path: string): { name: string; text: string }[] {
  const files = readdirSync(path)
    .filter((file) => file.endsWith('.yaml'))
    .sort();
  return files.map((file) => ({ name: file.replace(/\.yaml$/, ''), text: readFileSync(join(path, file), 'utf8') }));
}

/**
 * Adds what is missing of the catalogue: templates published, journeys as drafts, or published with `publish`.
 * What is there already is its owner's, and stays as it is.
 */
export async function seedCatalog(db: Db, { publish }: { publish: boolean }): Promise<void> {
  const { journeys, templates } = loadCatalog();
  for (const { key, ...draft } of templates) {
    if ((await getTemplate(db, key)) === null) await replaceTemplateDraft(db, key, { draft, expected: 0 });
    if ((await getTemplate(db, key))?.publishedId === null) await publishTemplate(db, key);
  }
  for (const { key, source } of journeys) {
    if ((await findJourney(db, key)) === null) await saveDraft(db, key, { source, expected: 0 });
  }
  // They lead into each other: all are there before the first is published.
  for (const { key } of journeys) {
    const found = await findJourney(db, key);
    if (publish && found?.status === 'draft') await publishJourney(db, key);
  }
}
