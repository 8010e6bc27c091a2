import { z } from 'zod';
import { derivedFields, textFields } from '../../workflows/domain/contact-fields';
import { isMailable, normaliseAddress } from '../../prisma/address';
import {
  findContact,
  getContact,
  getContacts,
  listContacts,
  patchContact,
  type ContactRow,
  type IdentityKind,
} from '../../prisma/stores/contacts';
import { findPeople, findingOf } from '../../prisma/stores/segment-people';
import { findSegment } from '../../prisma/stores/segments';
import { readTimeline } from '../../prisma/stores/timeline';
import type { HandlerDeps } from '../deps';
import { lookingAtEverybody } from '../http/gate';
import { json } from '../http/json';
import { cursorOf, numberKey, pageOf, pageQuery, readPage, toPage, uuidKey } from '../http/paging';
import { invalidField, notFound, Problem } from '../http/problems';
import { ok } from '../http/reply';
import { defineRoute, type Route } from '../http/route';
import { holdRoutes } from './holds';
import { originsView } from './origins-view';

const text = z.string().trim().min(1).max(500).nullable();

function eachOf<N extends string, T extends z.ZodType>(names: readonly N[], schema: T): Record<N, T> {
  return Object.fromEntries(names.map((name) => [name, schema])) as Record<N, T>; // one entry for each name
}

export const contact = z
  .object({
    id: z.uuid(),
    email: z.string().nullable(),
    externalId: z.string().nullable().meta({ description: 'The first userId it was known by' }),
    anonymousIds: z.array(z.string()),
    ...eachOf(textFields, z.string().nullable()),
    ...eachOf(derivedFields, z.string().nullable().meta({ description: 'Of the job title' })),
    targetAccount: z.boolean().nullable(),
    traits: z.record(z.string(), z.unknown()),
    companyId: z.uuid().nullable(),
    origins: originsView,
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'Contact' });

export function contactView({ fields, externalIds, createdAt, updatedAt, ...row }: ContactRow) {
  const dates = { createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
  return { ...row, ...fields, externalId: externalIds[0] ?? null, ...dates };
}

const params = z.object({ id: z.uuid() });
const id = z.string().min(1).max(512);

const finders = { email: 'email', externalId: 'user', anonymousId: 'anonymous' } satisfies Record<string, IdentityKind>;
const findBody = z.union([
  z.strictObject({ email: id }),
  z.strictObject({ externalId: id }),
  z.strictObject({ anonymousId: id }),
]);

const find = defineRoute({
  method: 'post',
  path: '/v1/contacts/find',
  summary: 'Find a contact by email, externalId or anonymousId',
  tag: 'Contacts',
  scope: 'read',
  body: findBody,
  answers: { 200: contact },
  problems: ['not-found'],
  handler: async ({ body }, { db }) => {
    const [[name, value] = ['email', '']] = Object.entries(body);
    const found = await findContact(db, finders[name as keyof typeof finders], value); // the schema knows no other name
    if (!found) throw notFound('contact');
    return ok(contactView(found));
  },
});

const list = defineRoute({
  method: 'get',
  path: '/v1/contacts',
  summary: 'All contacts, or those of a segment, or whose address, name or company contains `q`',
  tag: 'Contacts',
  scope: 'read',
  query: z.strictObject({
    ...pageQuery,
    q: z.string().max(200).optional(),
    segment: z.string().max(64).optional(),
    company: z.uuid().optional().meta({ description: 'Those of a company alone' }),
  }),
  answers: { 200: pageOf(contact) },
  problems: ['rate-limited'],
  handler: async ({ query }, { db, now }) => {
    const { limit, after } = readPage(query, uuidKey);
    if (query.segment !== undefined && query.company !== undefined)
      throw new Problem('bad-request', 'Ask by segment or by company, not by both.');
    if (query.segment !== undefined)
      return ok(await inSegment({ db, now }, query.segment, { q: query.q, limit, after }));
    const rows = await listContacts(db, { q: query.q, companyId: query.company, after, limit: limit + 1 });
    const page = toPage(rows, limit, (row) => row.id);
    return ok({ ...page, data: page.data.map(contactView) });
  },
});

/** A page may have fewer than asked for, and a next one, where looking for them takes too long for one request. */
async function inSegment(
  { db, now }: Pick<HandlerDeps, 'db' | 'now'>,
  key: string,
  { q, limit, after }: { q: string | undefined; limit: number; after: string | null },
) {
  const segment = await findSegment(db, key);
  if (!segment) {
    const errors = [{ in: 'query' as const, pointer: '#/segment', detail: `There is no segment ${key}.` }];
    throw new Problem('validation-failed', undefined, { errors });
  }
  const finding = await findingOf(db, segment.where, { at: now(), q: q ?? null });
  const { ids, next } = await lookingAtEverybody.pass(() => findPeople(db, finding, { after, limit, withinMs: 5_000 }));
  return { data: (await getContacts(db, ids)).map(contactView), next: next === null ? null : cursorOf(next) };
}

const get = defineRoute({
  method: 'get',
  path: '/v1/contacts/:id',
  summary: 'One contact',
  description: 'An id that was joined into another contact answers with the other.',
  tag: 'Contacts',
  scope: 'read',
  params,
  answers: { 200: contact },
  handler: async ({ params }, { db }) => {
    const found = await getContact(db, params.id);
    if (!found) throw notFound('contact');
    return ok(contactView(found));
  },
});

const patchBody = z
  .strictObject({
    email: z.string().nullable(),
    ...eachOf(textFields, text),
    targetAccount: z.boolean().nullable(),
    traits: z.record(z.string().min(1).max(200), json),
  })
  .partial();

const patch = defineRoute({
  method: 'patch',
  path: '/v1/contacts/:id',
  summary: 'Change fields and traits of a contact',
  description: 'Null empties a field or removes a trait. Journeys hear of it as `contact.updated`.',
  tag: 'Contacts',
  scope: 'operate',
  params,
  body: patchBody,
  answers: { 200: contact },
  problems: ['conflict'],
  handler: async ({ params, body }, { db, now, announceEvents }) => {
    const { traits = {}, ...fields } = body;
    const isAddress = typeof fields.email !== 'string' || isMailable(normaliseAddress(fields.email));
    if (!isAddress) throw invalidField(['email'], 'Not an e-mail address.');
    const patched = await patchContact(db, params.id, { fields, traits, at: now() });
    if (patched.kind === 'missing') throw notFound('contact');
    if (patched.kind === 'email-taken') throw new Problem('conflict', 'Another contact has this address.');
    announceEvents();
    return ok(contactView(patched.contact));
  },
});

const occurrence = z
  .object({
    id: z.string(),
    type: z.string(),
    origin: z.string(),
    occurredAt: z.iso.datetime(),
    receivedAt: z.iso.datetime(),
    properties: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'TimelineItem' });

const timeline = defineRoute({
  method: 'get',
  path: '/v1/contacts/:id/timeline',
  summary: 'What a contact did and what happened to them',
  tag: 'Contacts',
  scope: 'read',
  params,
  query: z.strictObject(pageQuery),
  answers: { 200: pageOf(occurrence) },
  handler: async ({ params, query }, { db }) => {
    const found = await getContact(db, params.id);
    if (!found) throw notFound('contact');
    const { limit, after } = readPage(query, numberKey);
    const rows = await readTimeline(db, found.id, { after, limit: limit + 1 });
    const page = toPage(rows, limit, (row) => String(row.turn));
    const data = page.data.map(({ seq, type, origin, occurredAt, receivedAt, properties }) => ({
      id: String(seq),
      type,
      origin,
      occurredAt: occurredAt.toISOString(),
      receivedAt: receivedAt.toISOString(),
      properties,
    }));
    return ok({ ...page, data });
  },
});

const pauses = holdRoutes({
  path: '/v1/contacts/:id',
  what: 'everything for this contact',
  tag: 'Contacts',
  params,
  target: async ({ id: contactId }, { db }) => {
    const found = await getContact(db, contactId);
    if (!found) throw notFound('contact');
    return { scope: 'contact', contactId: found.id };
  },
});

export const contactRoutes: readonly Route[] = [find, list, get, patch, timeline, ...pauses];
