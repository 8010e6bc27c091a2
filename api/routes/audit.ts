import { z } from 'zod';
import { listAudit } from '../../prisma/stores/audit';
import { pageOf, pageQuery, readPage, toPage, uuidKey } from '../http/paging';
import { ok } from '../http/reply';
import { defineRoute, type Route } from '../http/route';

const entry = z
  .object({
    id: z.uuid(),
    apiKeyId: z.uuid(),
    apiKeyName: z.string().nullable(),
    action: z.string().meta({ description: 'The route: `POST /v1/journeys/:key/publish`' }),
    subjectKind: z.string().meta({ description: 'As in the path: `journeys`, `enrollments`, `contacts` …' }),
    subjectId: z.string(),
    detail: z.record(z.string(), z.unknown()).meta({ description: 'Names of the fields that were sent, further ids' }),
    at: z.iso.datetime(),
  })
  .meta({ id: 'AuditEntry', description: 'What a person changed through the API. It carries no personal data.' });

const list = defineRoute({
  method: 'get',
  path: '/v1/audit',
  summary: 'Who changed what',
  description:
    'Every change through the API but the sending of events. What was refused, or only looked at, is not in it.',
  tag: 'API keys',
  scope: 'admin',
  query: z.strictObject({
    ...pageQuery,
    apiKeyId: z.uuid().optional(),
    subjectKind: z.string().max(64).optional(),
    subjectId: z.string().max(200).optional(),
  }),
  answers: { 200: pageOf(entry) },
  handler: async ({ query }, { db }) => {
    const { limit, after } = readPage(query, uuidKey);
    const page = toPage(await listAudit(db, query, { after, limit: limit + 1 }), limit, (row) => row.id);
    return ok({ ...page, data: page.data.map(({ at, ...row }) => ({ ...row, at: at.toISOString() })) });
  },
});

export const auditRoutes: readonly Route[] = [list];
