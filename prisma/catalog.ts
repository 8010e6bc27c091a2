import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { templateFile, type TemplateFile } from '../workflows/journeys/template-file';
import type { Db } from './client';
import { publishJourney } from './stores/journey-versions';
import { findJourney } from './stores/journeys';
import { findScoreModel, saveScoreModel } from './stores/score-model';
import { publishScoreModel } from './stores/score-model-versions';
import { addTemplates, publishTemplate } from './stores/templates';

const folder = join(__dirname, '../workflows/journeys/catalog');
const models = join(__dirname, '../workflows/scoring-model/catalog');

/** Journeys that nobody but their owner can complete: published by hand, also where the others are published. */
export const needsContent: Readonly<Record<string, string>> = {
  'webinar-invitation': 'the webinar that it invites to: its title, its date and its page',
};

export interface Catalog {
  journeys: { key: string; source: string }[];
  templates: TemplateFile[];
}

/** A journey that stays a draft, and why. */
interface Unpublished {
  key: string;
  reason: string;
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

/** How points are given where nobody has said otherwise: YAML. */
export function standardScoreModel(): string {
  return readFileSync(join(models, 'standard.yaml'), 'utf8');
}

/**
 * Adds what is missing of the catalogue: templates and the score model published, journeys as drafts, or published with
 * `publish`.
 * What is there already is its owner's, and stays as it is. Answers the journeys that could not be published, or that
 * say nothing yet.
 */
export async function seedCatalog(db: Db, { publish }: { publish: boolean }): Promise<Unpublished[]> {
  const { journeys, templates } = loadCatalog();
  await seedTemplates(db, templates);
  await seedScoreModel(db);
  // They lead into each other: all are stored before the first is published.
  await addDrafts(db, journeys);
  if (!publish) return [];
  const drafts: Unpublished[] = [];
  for (const { key } of journeys) {
    const reason = await publishIfDraft(db, key);
    if (reason !== null) drafts.push({ key, reason });
  }
  return drafts;
}

/** One that is there but was never published was left half done by an earlier start. */
async function seedTemplates(db: Db, templates: TemplateFile[]): Promise<void> {
  await addTemplates(db, templates);
  const keys = templates.map(({ key }) => key);
  const half = await db.template.findMany({ where: { key: { in: keys }, publishedId: null }, select: { key: true } });
  for (const { key } of half) await publishTemplate(db, key);
}

/** Points are given from the first day on. A draft of its own, published or not, is its author's. */
async function seedScoreModel(db: Db): Promise<void> {
  const source = standardScoreModel();
  await saveScoreModel(db, { source, expected: 0 });
  const stored = await findScoreModel(db);
  if (stored?.publishedId === null && stored.draft === source) await publishScoreModel(db);
}

/** Those whose keys are free yet. That they are sound is tested. */
async function addDrafts(db: Db, journeys: Catalog['journeys']): Promise<void> {
  const data = journeys.map(({ key, source }) => ({ key, draft: source, revision: 1, priority: priorityOf(source) }));
  await db.journey.createMany({ data, skipDuplicates: true });
}

function priorityOf(source: string): number {
  return z.object({ priority: z.int() }).parse(parse(source)).priority;
}

/** Why it stays a draft; null where it is none. */
async function publishIfDraft(db: Db, key: string): Promise<string | null> {
  if ((await findJourney(db, key))?.status !== 'draft') return null;
  const missing = needsContent[key];
  if (missing !== undefined) return `it needs ${missing}`;
  const published = await publishJourney(db, key);
  return published?.kind === 'invalid' ? (published.problems[0]?.message ?? 'it is not valid') : null;
}
