import { v7 } from 'uuid';
import type { Contact } from '../generated/client';
import { contactFields } from '../../workflows/domain/contact-fields';
import type { Json, JsonObject } from '../../workflows/domain/json';
import type { PeopleRules } from '../../workflows/domain/people/normalise';
import { withOrigin, type Origins } from '../../workflows/domain/people/origins';
import { settle } from '../../workflows/domain/people/settle';
import { changesOf, patchedTraits, type ContactPatch } from '../../workflows/domain/updating/changes';
import { normaliseAddress } from '../address';
import { inTransaction, type Db, type DbOrTx, type Tx } from '../client';
import { insideEvent } from './effects/inside-events';
import { readSettings } from './settings';

export interface ContactRow {
  id: string;
  /** Standard fields by name, null where empty, and `traits`. */
  fields: Record<string, Json>;
  /** Of fields that are not simply as somebody said. */
  origins: Origins;
  companyId: string | null;
  externalIds: string[];
  anonymousIds: string[];
  createdAt: Date;
  updatedAt: Date;
}

interface PageOfContacts {
  after: string | null;
  limit: number;
}

export type IdentityKind = 'user' | 'email' | 'anonymous';

/** Whose identity this is; e-mail ignores case. */
export async function findContact(db: DbOrTx, kind: IdentityKind, value: string): Promise<ContactRow | null> {
  const normal = kind === 'email' ? normaliseAddress(value) : value;
  const identity = await db.contactIdentity.findUnique({ where: { kind_value: { kind, value: normal } } });
  return identity && getContact(db, identity.contactId);
}

/** A contact that was joined into another answers with the other. Null for one that was never there, or was erased. */
export async function getContact(db: DbOrTx, id: string): Promise<ContactRow | null> {
  const row = await db.contact.findUnique({ where: { id } });
  if (row?.mergedInto) return getContact(db, row.mergedInto);
  if (!row || row.erasedAt) return null;
  return (await withKeys(db, [row]))[0] ?? null;
}

/** These contacts, newest first. */
export async function getContacts(db: DbOrTx, ids: readonly string[]): Promise<ContactRow[]> {
  return withKeys(db, await db.contact.findMany({ where: { id: { in: [...ids] } }, orderBy: { id: 'desc' } }));
}

/** Newest first, below the id `after`. `q` is looked for in address, names and company. */
export async function listContacts(
  db: DbOrTx,
  { q, companyId, after, limit }: { q?: string | undefined; companyId?: string | undefined } & PageOfContacts,
): Promise<ContactRow[]> {
  const like = { contains: q?.trim().replace(/[\\%_]/g, '\\$&') ?? '', mode: 'insensitive' as const };
  const searched = ['email', 'firstName', 'lastName', 'company'] as const;
  const rows = await db.contact.findMany({
    where: {
      mergedInto: null,
      erasedAt: null,
      ...(after !== null && { id: { lt: after } }),
      ...(companyId !== undefined && { companyId }),
      ...(q && { OR: searched.map((field) => ({ [field]: like })) }),
    },
    orderBy: { id: 'desc' },
    take: limit,
  });
  return withKeys(db, rows);
}

export type Patched = { kind: 'patched'; contact: ContactRow } | { kind: 'missing' } | { kind: 'email-taken' };

/** Writes fields and traits under the contact's lock; the pump hears of it by an inside event. */
export async function patchContact(
  db: Db,
  id: string,
  { at, ...patch }: ContactPatch & { at: Date },
): Promise<Patched> {
  return inTransaction(db, async (tx) => {
    await tx.$queryRaw`SELECT id FROM contact WHERE id = ${id}::uuid FOR NO KEY UPDATE`;
    const contact = await getContact(tx, id);
    if (contact?.id !== id) return { kind: 'missing' };
    const said = patch.fields.email;
    const email = typeof said === 'string' ? normaliseAddress(said) : said;
    if (typeof email === 'string' && email !== contact.fields.email && !(await claimAddress(tx, id, email)))
      return { kind: 'email-taken' };
    const { settings: rules } = await readSettings(tx);
    const cause = { messageId: `contact.updated:${id}:${v7()}`, hops: 1, at: at.getTime() };
    const fields = { ...patch.fields, ...(email !== undefined && { email }) };
    const given = typeof said === 'string' && said.trim() !== email && { givenAddress: said.trim() };
    await writePatch(tx, { contactId: id, before: contact, patch: { ...patch, fields }, ...given, rules, ...cause });
    const written = await getContact(tx, id);
    return written ? { kind: 'patched', contact: written } : { kind: 'missing' };
  });
}

export interface PatchToWrite {
  contactId: string;
  /** The fields as they are, `traits` among them. */
  before: Pick<ContactRow, 'fields' | 'origins'>;
  /** As somebody says. */
  patch: ContactPatch;
  /** Its address as it was said, where it is stored otherwise. */
  givenAddress?: string;
  rules: PeopleRules;
  /** Of the event that tells of it. */
  messageId: string;
  hops: number;
  at: number;
}

/**
 * Writes what somebody says of a contact, each value in its declared form, and tells of what changed by
 * `contact.updated`, under the contact's lock. Answers the changes.
 */
export async function writePatch(tx: Tx, it: PatchToWrite): Promise<Record<string, Json>> {
  const { contactId, before, messageId, hops, at } = it;
  const { origins: settled, ...patch } = settle(before, it.patch, it.rules);
  const { givenAddress: given } = it;
  const origins = given === undefined ? settled : withOrigin(settled, 'email', { given });
  const changes = changesOf(before.fields, patch);
  const told = Object.keys(changes).length > 0;
  if (!told && JSON.stringify(origins) === JSON.stringify(before.origins)) return changes;
  const traits = patchedTraits(before.fields, patch.traits);
  const data = { ...patch.fields, traits, origins: origins as JsonObject, updatedAt: new Date(at) };
  await tx.contact.update({ where: { id: contactId }, data });
  if (!told) return changes;
  const properties = { changed: Object.keys(changes), values: changes };
  await insideEvent(tx, { type: 'contact.updated', messageId, contactId, properties, hops, at });
  return changes;
}

async function claimAddress(tx: Tx, contactId: string, email: string): Promise<boolean> {
  await tx.contactIdentity.createMany({ data: [{ kind: 'email', value: email, contactId }], skipDuplicates: true });
  const owner = await tx.contactIdentity.findUnique({ where: { kind_value: { kind: 'email', value: email } } });
  return owner?.contactId === contactId;
}

async function withKeys(db: DbOrTx, rows: readonly Contact[]): Promise<ContactRow[]> {
  const identities = await db.contactIdentity.findMany({
    where: { contactId: { in: rows.map(({ id }) => id) }, kind: { in: ['user', 'anonymous'] } },
    orderBy: { createdAt: 'asc' },
  });
  const ids = (contactId: string, kind: string): string[] =>
    identities.filter((row) => row.contactId === contactId && row.kind === kind).map(({ value }) => value);
  return rows.map((row) => ({
    id: row.id,
    fields: fieldsOf(row),
    origins: row.origins as Origins, // written by us, of this shape
    companyId: row.companyId,
    externalIds: ids(row.id, 'user'),
    anonymousIds: ids(row.id, 'anonymous'),
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  }));
}

function fieldsOf(row: Contact): Record<string, Json> {
  const traits = row.traits as JsonObject; // written by us, always an object
  return { ...Object.fromEntries(contactFields.map((name) => [name, row[name]])), traits };
}
