import { z } from 'zod';
import { listDecisions } from '../../prisma/stores/decisions';
import { pageOf, pageQuery, readPage, toPage, uuidKey } from '../http/paging';
import { ok } from '../http/reply';
import { defineRoute, type Route } from '../http/route';

const decision = z
  .object({
    id: z.uuid(),
    enrollmentId: z.uuid().nullable(),
    contactId: z.uuid(),
    journey: z.string().nullable(),
    stepId: z.string().nullable(),
    visit: z.int(),
    kind: z.string(),
    outcome: z.string(),
    reason: z.string(),
    inputs: z.record(z.string(), z.unknown()),
    at: z.iso.datetime(),
  })
  .meta({ id: 'Decision', description: 'A recorded choice with its inputs as they were, also the choice not to' });

const list = defineRoute({
  method: 'get',
  path: '/v1/decisions',
  summary: 'Why, and why not',
  description: 'One for each send, branch, wait, entry (also a refused one) and exit.',
  tag: 'Decisions',
  scope: 'read',
  query: z.strictObject({
    ...pageQuery,
    contactId: z.uuid().optional(),
    enrollmentId: z.uuid().optional(),
    kind: z.string().max(50).optional(),
  }),
  answers: { 200: pageOf(decision) },
  handler: async ({ query }, { db }) => {
    const { limit, after } = readPage(query, uuidKey);
    const rows = await listDecisions(db, query, { after, limit: limit + 1 });
    const page = toPage(rows, limit, (row) => row.id);
    const data = page.data.map(({ id, enrollmentId, contactId, journeyKey, stepId, visit, kind, ...row }) => {
      const { outcome, reason, inputs, at } = row;
      const where = { id, enrollmentId, contactId, journey: journeyKey, stepId, visit };
      return { ...where, kind, outcome, reason, inputs, at: at.toISOString() };
    });
    return ok({ ...page, data });
  },
});

export const decisionRoutes: readonly Route[] = [list];
