import { z } from 'zod';
import { countOpen, matchOpen } from '../../prisma/stores/enrollment-bulk';
import { bulkActions, type BulkActionInput } from '../../workflows/contract/bulk-action';
import { plainJson } from '../../workflows/domain/json';
import { invalidField } from '../http/problems';
import { ok } from '../http/reply';
import { defineRoute } from '../http/route';
import { resumeBody, spreadOf } from './holds';
import { acceptJob, jobAccepted } from './jobs';

const SAMPLE = 20;

const filter = z.strictObject({
  journey: z.string().max(64).optional(),
  status: z.enum(['active', 'held', 'needs_attention']).optional(),
  stepId: z.string().max(64).optional(),
  version: z.int().min(1).optional().meta({ description: "Number of the journey's version" }),
  code: z.string().max(64).optional().meta({ description: 'Why they need attention, such as `send-rejected`' }),
  before: z.iso
    .datetime()
    .optional()
    .meta({ description: 'Who needs attention, or else is in the journey, since before; the instant of the call' }),
});

const counted = z
  .object({
    matched: z.int(),
    groups: z.array(
      z.object({
        journey: z.string(),
        status: z.string(),
        stepId: z.string().nullable(),
        code: z.string().nullable(),
        count: z.int(),
      }),
    ),
    sample: z.array(z.uuid()).meta({ description: `The first ${SAMPLE}` }),
  })
  .meta({ id: 'BulkPreview', description: 'What a bulk action would be done to' });

export const enrollmentsBulkRoute = defineRoute({
  method: 'post',
  path: '/v1/enrollments/bulk',
  summary: 'Do the same to many enrollments',
  description: [
    'To every open enrollment that fits the filter, as its own route would do it: what that would refuse is counted as refused, with its reason, at `/v1/jobs/{id}/refusals`. Who comes to fit only after the call is left alone.',
    '`dryRun` answers how many there are and where, and does nothing. The filter names at least one field.',
  ].join('\n\n'),
  tag: 'Enrollments',
  scope: 'operate',
  body: z.strictObject({
    filter,
    action: z.enum(bulkActions),
    reason: z.string().max(500).default('').meta({ description: 'Of an exit or a pause' }),
    spread: resumeBody.shape.spread,
    dryRun: z.boolean().default(false),
  }),
  answers: { 200: { description: 'With `dryRun`', schema: counted }, ...jobAccepted },
  handler: async ({ body, caller }, deps) => {
    if (Object.values(body.filter).every((value) => value === undefined))
      throw invalidField(['filter'], 'Name at least one field: it would be done to everybody.');
    const before = new Date(body.filter.before ?? deps.now());
    const wanted = { ...body.filter, before };
    const groups = await countOpen(deps.db, wanted);
    const matched = groups.reduce((sum, { count }) => sum + count, 0);
    if (body.dryRun) {
      const sample = await matchOpen(deps.db, wanted, { after: null, limit: SAMPLE });
      return ok({ matched, groups, sample: sample.map(({ id }) => id) });
    }
    const { action, reason } = body;
    const input: BulkActionInput = {
      ...{ action, reason, spreadSeconds: spreadOf(body) },
      filter: { ...body.filter, before: before.toISOString() },
    };
    return acceptJob(deps, caller, {
      kind: 'bulk-action',
      input: plainJson(input),
      progress: { total: matched, done: 0 },
    });
  },
});
