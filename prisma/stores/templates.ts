import { createHash } from 'node:crypto';
import { v7 } from 'uuid';
import type { Json } from '../../workflows/domain/json';
import type { Db, DbOrTx, Tx } from '../client';
import { inTransaction } from '../client';

export type MessageClass = 'marketing' | 'transactional';

/** A template as its author writes it. `variables` are values that steps may override by `with`. */
export interface TemplateDraft {
  subject: string;
  html: string;
  text?: string;
  class: MessageClass;
  variables?: Record<string, Json>;
}

export interface StoredTemplate {
  key: string;
  draft: TemplateDraft;
  revision: number;
  publishedId: string | null;
  createdAt: Date;
  updatedAt: Date;
}

/** What a message is rendered from: immutable. */
export interface TemplateVersion extends TemplateDraft {
  id: string;
  key: string;
  number: number;
}

export type DraftSaved = { kind: 'saved'; revision: number; created: boolean } | { kind: 'conflict'; revision: number };

/** Stores the draft, whatever was there before. */
export async function saveTemplateDraft(db: Db, key: string, draft: TemplateDraft): Promise<void> {
  await replaceTemplateDraft(db, key, { draft, expected: null });
}

/** Stores the draft if the stored revision is the expected one (0: there is none yet; null: any). An equal draft keeps its revision. */
export async function replaceTemplateDraft(
  db: Db,
  key: string,
  { draft, expected }: { draft: TemplateDraft; expected: number | null },
): Promise<DraftSaved> {
  return inTransaction(db, async (tx) => {
    await lockTemplate(tx, key);
    const found = await tx.template.findUnique({ where: { key } });
    const revision = found?.revision ?? 0;
    if (expected !== null && expected !== revision) return { kind: 'conflict', revision };
    if (found && contentOf(asDraft(found.draft)) === contentOf(draft))
      return { kind: 'saved', revision, created: false };
    const data = { draft: asJson(draft), revision: revision + 1, updatedAt: new Date() };
    await tx.template.upsert({ where: { key }, create: { key, ...data }, update: data });
    return { kind: 'saved', revision: revision + 1, created: !found };
  });
}

export async function getTemplate(db: DbOrTx, key: string): Promise<StoredTemplate | null> {
  const row = await db.template.findUnique({ where: { key } });
  return row && { ...row, draft: asDraft(row.draft) };
}

/** By key, those after `after`. */
export async function listTemplates(
  db: DbOrTx,
  { after, limit }: { after: string | null; limit: number },
): Promise<StoredTemplate[]> {
  const where = after === null ? {} : { key: { gt: after } };
  const rows = await db.template.findMany({ where, orderBy: { key: 'asc' }, take: limit });
  return rows.map((row) => ({ ...row, draft: asDraft(row.draft) }));
}

/** Published version ids by key, of those keys that have one. */
export async function publishedTemplates(db: DbOrTx, keys: string[]): Promise<Map<string, string>> {
  const rows = await db.template.findMany({ where: { key: { in: keys }, publishedId: { not: null } } });
  return new Map(rows.flatMap((row) => (row.publishedId === null ? [] : [[row.key, row.publishedId] as const])));
}

/** What mail of a template may be sent to, by its key, as of its draft. */
export async function templateClasses(db: DbOrTx): Promise<Map<string, MessageClass>> {
  const rows = await db.template.findMany({ select: { key: true, draft: true } });
  return new Map(rows.map((row) => [row.key, asDraft(row.draft).class]));
}

/**
 * Makes the draft the published version. The same content as the newest version is that version again.
 * Null if there is no such template, or if its draft is no longer at `revision`: check the content before, name its revision here.
 */
export async function publishTemplate(
  db: Db,
  key: string,
  revision?: number,
): Promise<{ versionId: string; number: number } | null> {
  return inTransaction(db, async (tx) => {
    await lockTemplate(tx, key);
    const template = await getTemplate(tx, key);
    if (!template || (revision !== undefined && template.revision !== revision)) return null;
    const version = await versionOf(tx, key, template.draft);
    await tx.template.update({ where: { key }, data: { publishedId: version.id } });
    return { versionId: version.id, number: version.number };
  });
}

/** Adds, published, those templates whose keys are free yet, all at once. What is there stays as it is. */
export async function addTemplates(db: Db, templates: readonly ({ key: string } & TemplateDraft)[]): Promise<void> {
  await inTransaction(db, async (tx) => {
    const data = templates.map(({ key, ...draft }) => ({ key, draft: asJson(draft), revision: 1 }));
    const added = await tx.template.createManyAndReturn({ data, skipDuplicates: true, select: { key: true } });
    const keys = new Set(added.map(({ key }) => key));
    const versions = templates.flatMap(({ key, ...draft }) => (keys.has(key) ? [firstVersion(key, draft)] : []));
    await tx.templateVersion.createMany({ data: versions });
    await tx.$executeRaw`
      update template set published_id = version.id from template_version version
      where version.key = template.key and version.id = any(${versions.map(({ id }) => id)}::uuid[])`;
  });
}

export async function loadTemplateVersion(db: DbOrTx, id: string): Promise<TemplateVersion | null> {
  const row = await db.templateVersion.findUnique({ where: { id } });
  if (!row) return null;
  const { subject, html, text } = row;
  const draft = asDraft({ subject, html, class: row.class, variables: row.variables });
  return { id: row.id, key: row.key, number: row.number, ...draft, ...(text !== null && { text }) };
}

async function versionOf(tx: Tx, key: string, draft: TemplateDraft): Promise<{ id: string; number: number }> {
  const sha256 = shaOf(draft);
  const newest = await tx.templateVersion.findFirst({ where: { key }, orderBy: { number: 'desc' } });
  if (newest?.sha256 === sha256) return newest;
  const number = (newest?.number ?? 0) + 1;
  return tx.templateVersion.create({ data: { ...firstVersion(key, draft), number } });
}

function firstVersion(key: string, draft: TemplateDraft) {
  const { subject, html, text, variables } = draft;
  const content = { subject, html, text: text ?? null, class: draft.class, variables: variables ?? {} };
  return { id: v7(), key, number: 1, ...content, sha256: shaOf(draft) };
}

function shaOf(draft: TemplateDraft): string {
  return createHash('sha256').update(contentOf(draft)).digest('hex');
}

/** Writers of one template queue up here, also before its first row exists. */
async function lockTemplate(tx: Tx, key: string): Promise<void> {
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended('template:' || ${key}, 0))`;
}

function contentOf({ subject, html, text, class: kind, variables }: TemplateDraft): string {
  return JSON.stringify([subject, html, text ?? null, kind, sorted(variables ?? {})]);
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, inner]) => [name, sorted(inner)]));
}

/** Without absent keys, which JSON columns refuse. */
function asJson({ text, variables, ...rest }: TemplateDraft): Record<string, Json> {
  return { ...rest, ...(text !== undefined && { text }), ...(variables !== undefined && { variables }) };
}

function asDraft(json: unknown): TemplateDraft {
  return json as TemplateDraft;
}
