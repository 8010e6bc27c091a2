import { z } from 'zod';
import type { Db } from '../../prisma/client';
import { getContacts } from '../../prisma/stores/contacts';
import { countDuplicates } from '../../prisma/stores/duplicates';
import { countFindings, findContactsBy } from '../../prisma/stores/hygiene/checks';
import { mend } from '../../prisma/stores/hygiene/mend';
import { patiently } from '../../prisma/stores/hygiene/patiently';
import { readSettings } from '../../prisma/stores/settings';
import { hygieneChecks, type HygieneCheck, type HygieneKey } from '../../workflows/domain/people/hygiene';
import { pageOf, pageQuery, readPage, toPage, uuidKey } from '../http/paging';
import { Problem } from '../http/problems';
import { ok } from '../http/reply';
import { defineRoute, type Route } from '../http/route';
import { contact, contactView } from './contacts';

const tag = 'Contacts';
const keys = Object.keys(hygieneChecks) as HygieneKey[]; // the keys of our own table
const check = z.enum(keys);
const params = z.object({ check });

const finding = z.object({
  check: z.string(),
  title: z.string(),
  count: z.int(),
  fix: z.string(),
  list: z.string().meta({ description: 'Where they are listed' }),
  mendedBy: z.string().nullable().meta({ description: 'Where the API mends them by itself' }),
});

const overview = defineRoute({
  method: 'get',
  path: '/v1/hygiene',
  summary: 'What is wrong with the records of people, and how it is mended',
  description:
    'Counts are of this moment: every contact is looked at. Who asks while they are counted gets the same ones.',
  tag,
  scope: 'read',
  answers: { 200: z.object({ checks: z.array(finding) }).meta({ id: 'Hygiene' }) },
  handler: async (_request, { db, now }) => ok({ checks: await countedOnce(db, now()) }),
});

type Finding = z.input<typeof finding>;
const underWay = new WeakMap<Db, Promise<Finding[]>>();

/** With millions of contacts it takes seconds of the database, however many ask. */
function countedOnce(db: Db, at: Date): Promise<Finding[]> {
  const counting = underWay.get(db) ?? counted(db, at).finally(() => underWay.delete(db));
  underWay.set(db, counting);
  return counting;
}

async function counted(db: Db, at: Date): Promise<Finding[]> {
  const pairs = await patiently(db, (tx) => countPairs(tx));
  const checks: Finding[] = [];
  // Each by itself: all together would take longer than a statement may, and no less.
  for (const key of keys) checks.push(found(key, await patiently(db, (tx) => countFindings(tx, key, at))));
  return [duplicates(pairs), ...checks];
}

async function countPairs(tx: Parameters<typeof countDuplicates>[0]): Promise<number> {
  let count = 0;
  for (const rule of ['email', 'phone', 'name-and-company'] as const) count += await countDuplicates(tx, rule);
  return count;
}

function duplicates(count: number): Finding {
  return {
    ...{ check: 'duplicates', title: 'Records that look like one person', count },
    ...{
      fix: 'Merge them, or say that they are two people.',
      list: '/v1/duplicates',
      mendedBy: '/v1/duplicates/merge',
    },
  };
}

function found(key: HygieneKey, count: number): Finding {
  const { title, fix, isMended }: HygieneCheck = hygieneChecks[key];
  const list = `/v1/hygiene/${key}`;
  return { check: key, title, count, fix, list, mendedBy: isMended ? `${list}/fix` : null };
}

const list = defineRoute({
  method: 'get',
  path: '/v1/hygiene/:check',
  summary: 'The contacts that a check finds, by id',
  tag,
  scope: 'read',
  params,
  query: z.strictObject(pageQuery),
  answers: { 200: pageOf(contact) },
  handler: async ({ params, query }, { db, now }) => {
    const { limit, after } = readPage(query, uuidKey);
    const find = { after, limit: limit + 1, at: now() };
    const ids = await patiently(db, (tx) => findContactsBy(tx, params.check, find));
    const page = toPage(ids, limit, (id) => id);
    const rows = new Map((await getContacts(db, page.data)).map((row) => [row.id, row]));
    return ok({ ...page, data: page.data.flatMap((id) => rows.get(id) ?? []).map(contactView) });
  },
});

/** Contacts of one call. */
const AT_ONCE = 500;

const fix = defineRoute({
  method: 'post',
  path: '/v1/hygiene/:check/fix',
  summary: 'Mend what can be mended without asking anybody',
  description: `Looks at ${AT_ONCE} contacts and says where to go on: call it with \`cursor\` until \`next\` is null.`,
  tag,
  scope: 'operate',
  params,
  body: z.strictObject({ cursor: z.string().max(500).optional() }),
  bodyOptional: true,
  answers: { 200: z.object({ looked: z.int(), changed: z.int(), next: z.string().nullable() }) },
  problems: ['not-allowed-now'],
  handler: async ({ params, body }, { db, now, announceEvents }) => {
    const { after } = readPage({ limit: AT_ONCE, cursor: body.cursor }, uuidKey, 'body');
    const find = { after, limit: AT_ONCE + 1, at: now() };
    const ids = await patiently(db, (tx) => findContactsBy(tx, params.check, find));
    const page = toPage(ids, AT_ONCE, (id) => id);
    const { settings: rules } = await readSettings(db);
    const changed = await mend(db, params.check, { ids: page.data, rules });
    if (changed === null) throw new Problem('not-allowed-now', hygieneChecks[params.check].fix);
    announceEvents();
    return ok({ looked: page.data.length, changed, next: page.next });
  },
});

export const hygieneRoutes: readonly Route[] = [overview, list, fix];
