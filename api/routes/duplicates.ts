import { z } from 'zod';
import {
  duplicateRules,
  findDuplicates,
  markDistinct,
  type DuplicateRecord,
  type DuplicateRule,
} from '../../prisma/stores/duplicates';
import type { Db } from '../../prisma/client';
import { mergeRules, type MergeRule } from '../../workflows/contract/merge-duplicates';
import type { Duplicates } from '../../workflows/domain/merging/duplicates';
import { invalidField } from '../http/problems';
import { cursorOf, pageOf, pageQuery, readPage, uuidKey } from '../http/paging';
import { ok } from '../http/reply';
import { defineRoute, type Route } from '../http/route';
import { acceptJob, jobAccepted } from './jobs';

const rules = Object.keys(duplicateRules) as [DuplicateRule, ...DuplicateRule[]]; // the keys of our own table
const rule = z.enum(rules);

const text = z.string().nullable();
const record = z.object({
  id: z.uuid(),
  hasUserId: z.boolean(),
  ...{ email: text, phone: text, firstName: text, lastName: text, company: text },
  createdAt: z.iso.datetime(),
});
const group = z
  .object({
    rule,
    because: z.string(),
    stays: record.meta({ description: 'The one that would stay: with a user id, else the oldest' }),
    others: z.array(
      record.extend({
        refusal: text.meta({ description: 'Why the rule does not merge it by itself; null: it would' }),
      }),
    ),
  })
  .meta({ id: 'Duplicates' });

function recordView({ hasUser: hasUserId, createdAt, name: _, names: _names, ...fields }: DuplicateRecord) {
  return { ...fields, hasUserId, createdAt: createdAt.toISOString() };
}

function view(by: DuplicateRule, { stays, others }: Duplicates<DuplicateRecord>) {
  return {
    ...{ rule: by, because: duplicateRules[by], stays: recordView(stays) },
    others: others.map(({ record: one, refusal }) => ({ ...recordView(one), refusal })),
  };
}

const list = defineRoute({
  method: 'get',
  path: '/v1/duplicates',
  summary: 'Records that look like one person',
  description:
    'Those with the newest record first. Of who somebody said that they are two people is left out: a page may have fewer than asked for, and a next one. `POST /v1/contacts/{id}/merge` makes two of them one.',
  tag: 'Contacts',
  scope: 'read',
  query: z.strictObject({ ...pageQuery, rule: rule.default('email') }),
  answers: { 200: pageOf(group) },
  handler: async ({ query }, { db }) => {
    const { groups, next } = await findDuplicates(db, query.rule, readPage(query, uuidKey));
    return ok({ data: groups.map((one) => view(query.rule, one)), next: next === null ? null : cursorOf(next) });
  },
});

const pair = z.strictObject({ a: z.uuid(), b: z.uuid() });

const distinct = defineRoute({
  method: 'post',
  path: '/v1/duplicates/distinct',
  summary: 'Remember that two records are two people',
  description: 'No rule brings them up again. A person may still merge them.',
  tag: 'Contacts',
  scope: 'operate',
  body: pair,
  answers: { 200: pair.meta({ id: 'DistinctPeople' }) },
  handler: async ({ body: { a, b } }, { db }) => {
    if (a === b) throw invalidField(['b'], 'It is the same record.');
    if (!(await markDistinct(db, a, b))) throw invalidField([], 'One of them is no contact.');
    return ok({ a, b });
  },
});

const preview = z
  .object({
    groups: z.int(),
    merges: z.int().meta({ description: 'Records that would go' }),
    refused: z.int().meta({ description: 'Records that the rule leaves to a person' }),
    complete: z.boolean().meta({ description: 'All were looked at; else it is at least that many' }),
  })
  .meta({ id: 'MergeDuplicatesPreview' });

const merge = defineRoute({
  method: 'post',
  path: '/v1/duplicates/merge',
  summary: 'Make one of all records that a rule finds',
  description: [
    'A job: its refusals say which records it left alone. Only `email` may do that; what the other rules find wants a person to look at it.',
    'Two records that both have a user id, or names that differ, are left alone. Opt-outs that differ are no obstacle: what either said no to holds for both.',
  ].join('\n\n'),
  tag: 'Contacts',
  scope: 'operate',
  body: z.strictObject({ rule: z.enum(mergeRules), dryRun: z.boolean().default(false) }),
  answers: { 200: { description: 'With `dryRun`', schema: preview }, ...jobAccepted },
  handler: async ({ body: { rule: by, dryRun }, caller }, deps) => {
    if (dryRun) return ok(await previewOf(deps.db, by));
    return acceptJob(deps, caller, { kind: 'merge-duplicates', input: { rule: by }, progress: { done: 0 } });
  },
});

const PREVIEW_PAGE = 5_000;
/** Below the time-outs of clients and proxies. */
const PREVIEW_MS = 10_000;

async function previewOf(db: Db, by: MergeRule) {
  const until = Date.now() + PREVIEW_MS;
  const sum = { groups: 0, merges: 0, refused: 0 };
  let leftOut = 0;
  for (let after: string | null = null; ;) {
    const page: Awaited<ReturnType<typeof findDuplicates>> = await findDuplicates(db, by, {
      after,
      limit: PREVIEW_PAGE,
    });
    const others = page.groups.flatMap((one) => one.others);
    sum.groups += page.groups.length;
    sum.refused += others.filter(({ refusal }) => refusal !== null).length;
    sum.merges += others.filter(({ refusal }) => refusal === null).length;
    leftOut += page.leftOut;
    after = page.next;
    if (after === null || Date.now() > until) return { ...sum, complete: after === null && leftOut === 0 };
  }
}

export const duplicateRoutes: readonly Route[] = [list, distinct, merge];
