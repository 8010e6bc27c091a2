import { z } from 'zod';
import { getSend, listSends, type SendView } from '../../prisma/stores/send-views';
import { sendStates } from '../../workflows/domain/sending/state';
import type { HandlerDeps } from '../deps';
import { pageOf, pageQuery, readPage, toPage, uuidKey } from '../http/paging';
import { notFound } from '../http/problems';
import { ok } from '../http/reply';
import { defineRoute } from '../http/route';
import { abandonUnknown, resendUnknown } from '../unknown-sends';
import { bulkRoute } from './sends-bulk';

const instant = z.iso.datetime();
const send = z
  .object({
    id: z.uuid(),
    key: z.string(),
    state: z.enum(sendStates),
    reason: z.string().nullable(),
    contactId: z.uuid(),
    enrollmentId: z.uuid().nullable(),
    journey: z.string(),
    stepId: z.string(),
    visit: z.int(),
    channel: z.string(),
    template: z.string().nullable(),
    transport: z.string().nullable(),
    deferredUntil: instant.nullable(),
    settledAt: instant.nullable(),
    createdAt: instant,
  })
  .meta({ id: 'Send' });

function view({ journeyKey, templateKey, deferredUntil, settledAt, createdAt, ...row }: SendView) {
  return {
    ...row,
    journey: journeyKey,
    template: templateKey,
    deferredUntil: deferredUntil?.toISOString() ?? null,
    settledAt: settledAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
  };
}

const params = z.strictObject({ id: z.uuid() });
const nothing = z.strictObject({});
const filters = {
  contactId: z.uuid().optional(),
  enrollmentId: z.uuid().optional(),
  state: z.enum(sendStates).optional(),
};

const list = defineRoute({
  method: 'get',
  path: '/v1/sends',
  summary: 'The ledger of messages',
  description: '`state=unknown` lists those that may or may not have gone out.',
  tag: 'Sends',
  scope: 'read',
  query: z.strictObject({ ...pageQuery, ...filters }),
  answers: { 200: pageOf(send) },
  handler: async ({ query }, { db }) => {
    const { limit, after } = readPage(query, uuidKey);
    const rows = await listSends(db, query, { after, limit: limit + 1 });
    const page = toPage(rows, limit, (row) => row.id);
    return ok({ ...page, data: page.data.map(view) });
  },
});

const resend = defineRoute({
  method: 'post',
  path: '/v1/sends/:id/resend',
  summary: 'Send a message of unknown fate once more',
  description: 'It may arrive twice: that is for a person to say. Only while the enrollment stands at its step.',
  tag: 'Sends',
  scope: 'operate',
  params,
  body: nothing,
  bodyOptional: true,
  answers: { 200: send },
  problems: ['not-found', 'not-allowed-now', 'temporal-away'],
  handler: async ({ params: { id } }, deps) => {
    await resendUnknown(id, deps);
    return present(deps.db, id);
  },
});

const abandon = defineRoute({
  method: 'post',
  path: '/v1/sends/:id/abandon',
  summary: 'Count a message of unknown fate as not sent',
  description: "If the provider tells of it later, the provider's word counts.",
  tag: 'Sends',
  scope: 'operate',
  params,
  body: nothing,
  bodyOptional: true,
  answers: { 200: send },
  problems: ['not-found', 'not-allowed-now'],
  handler: async ({ params: { id } }, deps) => {
    await abandonUnknown(id, deps);
    deps.announceDispatch();
    return present(deps.db, id);
  },
});

async function present(db: HandlerDeps['db'], id: string) {
  const row = await getSend(db, id);
  if (!row) throw notFound('send');
  return ok(view(row));
}

export const sendRoutes = [list, bulkRoute, resend, abandon];
