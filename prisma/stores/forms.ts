import type { FormDocument, FormField } from '../../workflows/domain/forms/form';
import { inTransaction, type Db, type DbOrTx } from '../client';

export interface StoredForm {
  key: string;
  document: FormDocument;
  revision: number;
  createdAt: Date;
  updatedAt: Date;
}

export type FormSaved = { kind: 'saved'; created: boolean } | { kind: 'conflict' };

/**
 * Stores a form, and keeps what stood in it before. `expected`: the revision that it must have (0: none yet; null: any).
 * The same document keeps its revision.
 */
export function replaceForm(
  db: Db,
  key: string,
  { document, expected }: { document: FormDocument; expected: number | null },
): Promise<FormSaved> {
  return inTransaction(db, async (tx) => {
    await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended('form:' || ${key}, 0))`;
    const found = await getForm(tx, key);
    if (expected !== null && expected !== (found?.revision ?? 0)) return { kind: 'conflict' };
    if (found && JSON.stringify(plain(found.document)) === JSON.stringify(plain(document)))
      return { kind: 'saved', created: false };
    const revision = (found?.revision ?? 0) + 1;
    const data = { document: plain(document), revision, updatedAt: new Date() };
    await tx.form.upsert({ where: { key }, create: { key, ...data }, update: data });
    await tx.formRevision.create({ data: { formKey: key, revision, document: data.document } });
    return { kind: 'saved', created: !found };
  });
}

export async function getForm(db: DbOrTx, key: string): Promise<StoredForm | null> {
  const row = await db.form.findUnique({ where: { key } });
  return row && { ...row, document: documentOf(row.document) };
}

/** What stood in a form at a revision of it. */
export async function formAt(db: DbOrTx, key: string, revision: number): Promise<FormDocument | null> {
  const where = { formKey_revision: { formKey: key, revision } };
  const row = await db.formRevision.findUnique({ where });
  return row && documentOf(row.document);
}

/** By key, those after `after`. */
export async function listForms(
  db: DbOrTx,
  { after, limit }: { after: string | null; limit: number },
): Promise<StoredForm[]> {
  const where = after === null ? {} : { key: { gt: after } };
  const rows = await db.form.findMany({ where, orderBy: { key: 'asc' }, take: limit });
  return rows.map((row) => ({ ...row, document: documentOf(row.document) }));
}

/** The column is written by this file alone, from documents. */
function documentOf(stored: unknown): FormDocument {
  return stored as FormDocument;
}

/** With its keys in one order, as a column of JSON gives them back. Each is named, or it does not compile. */
function plain(document: FormDocument) {
  const { name, topic, consentText, redirect, origins, asset, language, closed, fields } = document;
  const whole = {
    name,
    topic,
    consentText,
    redirect,
    origins,
    asset,
    language,
    closed,
    fields: fields.map(plainField),
  };
  return JSON.parse(JSON.stringify(whole satisfies Record<keyof FormDocument, unknown>)) as object;
}

function plainField({ name, label, to, type, required, options, value }: FormField) {
  return { name, label, to, type, required, options, value } satisfies Record<keyof FormField, unknown>;
}
