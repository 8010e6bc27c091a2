import { z } from 'zod';
import { getContacts, type ContactRow } from '../../prisma/stores/contacts';
import { countPeople, findingOf, findPeople } from '../../prisma/stores/segment-people';
import {
  checkWhere,
  deleteSegment,
  findSegment,
  listSegments,
  saveSegment,
  type ListedSegment,
  type StoredSegment,
} from '../../prisma/stores/segments';
import type { Condition } from '../../workflows/domain/conditions/condition';
import type { Problem as Fault } from '../../workflows/journeys/problem';
import type { HandlerDeps } from '../deps';
import { changedMeanwhile, etagOf } from '../http/etag';
import { lookingAtEverybody } from '../http/gate';
import { jsonObject } from '../http/json';
import { pageOf, pageQuery, readPage, toPage } from '../http/paging';
import { notFound, Problem } from '../http/problems';
import { ok, withHeaders } from '../http/reply';
import { defineRoute, type Route } from '../http/route';

const keyPattern = /^[a-z0-9][a-z0-9-]{0,63}$/;
const params = z.object({ key: z.string().regex(keyPattern) });
const instant = z.iso.datetime().nullable();
const tag = 'Segments';

const segment = z
  .object({
    key: z.string(),
    name: z.string(),
    where: jsonObject.meta({ description: 'A condition, as in journeys' }),
    builtIn: z.boolean(),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Segment' });

function view({ key, name, where, revision, createdAt, updatedAt }: StoredSegment) {
  const dates = { createdAt: createdAt?.toISOString() ?? null, updatedAt: updatedAt?.toISOString() ?? null };
  return { key, name, where, builtIn: revision === 0, ...dates };
}

function present(stored: StoredSegment) {
  return withHeaders(ok(view(stored)), { ETag: etagOf(stored.revision) });
}

/** Below the time-outs of clients and proxies. */
const COUNT_MS = 10_000;
const PREVIEW_MS = 5_000;

const countFields = {
  count: z.int(),
  complete: z.boolean().meta({ description: 'Everybody was looked at; else it is at least that many' }),
};

/** The condition's own schema speaks of its parts; what is wrong with them is told with its path by the check. */
const where = jsonObject.meta({ description: 'A condition, as in journeys; without `property`, `of` and `since`' });

const listedSegment = segment
  .extend({
    count: z.int().nullable().meta({ description: 'How many were in it then; null where nobody was counted yet' }),
    countedAt: instant.meta({ description: 'Counted again within minutes after somebody came or left' }),
    known: z.boolean().meta({ description: 'It is watched, and everybody has been looked at since: turns are told' }),
  })
  .meta({ id: 'ListedSegment' });

function listedView({ count, countedAt, known, ...stored }: ListedSegment) {
  return { ...view(stored), count, countedAt: countedAt?.toISOString() ?? null, known };
}

const list = defineRoute({
  method: 'get',
  path: '/v1/segments',
  summary: 'All segments, by key, with how many were in them when they were counted last',
  tag,
  scope: 'read',
  query: z.strictObject(pageQuery),
  answers: { 200: pageOf(listedSegment) },
  handler: async ({ query }, { db }) => {
    const { limit, after } = readPage(query, keyPattern);
    const page = toPage(await listSegments(db, { limit: limit + 1, after }), limit, ({ key }) => key);
    return ok({ ...page, data: page.data.map(listedView) });
  },
});

/** People that one sees beside a segment. */
const PREVIEW = 10;

const peopleFields = {
  ...countFields,
  people: z
    .array(
      z.object({
        id: z.string(),
        email: z.string().nullable(),
        firstName: z.string().nullable(),
        lastName: z.string().nullable(),
        company: z.string().nullable(),
      }),
    )
    .meta({ description: `The newest ${PREVIEW} of them; those of a segment by GET /v1/contacts?segment=` }),
};

const segmentWithPeople = segment.extend(peopleFields).meta({ id: 'SegmentWithPeople' });

/** How many a condition holds for now, and the newest of them. */
function peopleOf({ db, now }: Pick<HandlerDeps, 'db' | 'now'>, condition: Condition) {
  return lookingAtEverybody.pass(async () => {
    const finding = await findingOf(db, condition, { at: now() });
    const counted = await countPeople(db, finding, COUNT_MS);
    const { ids } = await findPeople(db, finding, { after: null, limit: PREVIEW, withinMs: PREVIEW_MS });
    return { ...counted, people: (await getContacts(db, ids)).map(({ id, fields }) => ({ id, ...shown(fields) })) };
  });
}

function shown({ email, firstName, lastName, company }: ContactRow['fields']) {
  return { email, firstName, lastName, company };
}

const get = defineRoute({
  method: 'get',
  path: '/v1/segments/:key',
  summary: 'One segment, with how many are in it now and some of them',
  tag,
  scope: 'read',
  params,
  answers: { 200: { description: 'With its ETag', schema: segmentWithPeople, etag: true } },
  problems: ['rate-limited'],
  handler: async ({ params: { key } }, deps) => {
    const found = await findSegment(deps.db, key);
    if (!found) throw notFound('segment');
    const people = await peopleOf(deps, found.where);
    return withHeaders(ok({ ...view(found), ...people }), { ETag: etagOf(found.revision) });
  },
});

const put = defineRoute({
  method: 'put',
  path: '/v1/segments/:key',
  summary: 'Store a segment',
  description: 'Holds at once wherever it is named. Whom the change brings in enters no journey by it.',
  tag,
  scope: 'author',
  params,
  body: z.strictObject({ name: z.string().trim().min(1).max(200), where }),
  answers: {
    200: { description: 'Stored', schema: segment, etag: true },
    201: { description: 'A new segment', schema: segment, etag: true },
  },
  problems: ['segment-invalid', 'conflict'],
  ifMatch: true,
  handler: async ({ params: { key }, body, expected }, { db }) => {
    const saved = await saveSegment(db, key, { ...body, expected });
    if (saved.kind === 'built-in') throw builtIn();
    if (saved.kind === 'conflict') throw changedMeanwhile();
    if (saved.kind === 'invalid') throw invalidWhere(saved.problems);
    return saved.created ? { ...present(saved.segment), status: 201 } : present(saved.segment);
  },
});

const remove = defineRoute({
  method: 'delete',
  path: '/v1/segments/:key',
  summary: 'Delete a segment that nothing names',
  tag,
  scope: 'author',
  params,
  answers: { 204: { description: 'Deleted' } },
  problems: ['conflict'],
  ifMatch: true,
  handler: async ({ params: { key }, expected }, { db }) => {
    const deleted = await deleteSegment(db, key, expected);
    if (deleted.kind === 'missing') throw notFound('segment');
    if (deleted.kind === 'built-in') throw builtIn();
    if (deleted.kind === 'conflict') throw changedMeanwhile();
    if (deleted.kind === 'used') throw used(deleted);
    return { status: 204 };
  },
});

function builtIn(): Problem {
  return new Problem('conflict', 'This segment is part of every installation and stays as it is.');
}

function used({ journeys, segments }: { journeys: string[]; segments: string[] }): Problem {
  const by = [...journeys.map((key) => `journey ${key}`), ...segments.map((key) => `segment ${key}`)];
  return new Problem('conflict', `It is named by ${by.join(', ')}.`);
}

/** What is wrong with a condition that came as `where`. */
export function invalidWhere(problems: readonly Fault[]): Problem {
  const errors = problems.map(({ path, message, hint }) => ({
    in: 'body' as const,
    pointer: `#/where${path}`,
    detail: message,
    ...(hint !== undefined && { hint }),
  }));
  return new Problem('segment-invalid', undefined, { errors });
}

const count = defineRoute({
  method: 'post',
  path: '/v1/segments/count',
  summary: 'How many contacts a condition holds for now, and some of them',
  description: 'Where that takes longer than ten seconds it answers how many were found until then.',
  tag,
  scope: 'read',
  body: z.strictObject({ where }),
  answers: {
    200: z.object(peopleFields).meta({ id: 'SegmentCount' }),
  },
  problems: ['segment-invalid', 'rate-limited'],
  handler: async ({ body }, deps) => {
    const checked = await checkWhere(deps.db, body.where);
    if (!checked.ok) throw invalidWhere(checked.problems);
    return ok(await peopleOf(deps, checked.condition));
  },
});

export const segmentRoutes: readonly Route[] = [list, get, put, remove, count];
