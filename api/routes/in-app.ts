import { z } from 'zod';
import { findContact } from '../../prisma/stores/contacts';
import { listInbox, markInbox, type InAppRow, type InboxDeed } from '../../prisma/stores/in-app';
import type { HandlerDeps } from '../deps';
import { pageOf, pageQuery, readPage, toPage, uuidKey } from '../http/paging';
import { notFound } from '../http/problems';
import { ok } from '../http/reply';
import { defineRoute, type Route, type RouteRequest } from '../http/route';
import { demandVisitor } from '../http/visitor';

const instant = z.iso.datetime().nullable();
const message = z
  .object({
    id: z.uuid(),
    title: z.string().nullable(),
    text: z.string().nullable(),
    url: z.string().nullable(),
    shownAt: instant,
    readAt: instant,
    clickedAt: instant,
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'InAppMessage' });

const proof =
  'With the browser key, and the signed-in user in `X-Nurture-User`, proven by `X-Nurture-Signature`: the HMAC-SHA256 of the user id with IN_APP_SECRET, in hex.';
const common = { tag: 'In-app inbox', scope: 'ingest', cors: 'listed' } as const;

function view({ shownAt, readAt, clickedAt, createdAt, ...row }: InAppRow) {
  const iso = (at: Date | null) => at?.toISOString() ?? null;
  return {
    ...row,
    shownAt: iso(shownAt),
    readAt: iso(readAt),
    clickedAt: iso(clickedAt),
    createdAt: createdAt.toISOString(),
  };
}

/** The contact of the proven user; null for a user of whom nothing is known. */
async function visitorOf({ headers }: Pick<RouteRequest<unknown, unknown, unknown>, 'headers'>, deps: HandlerDeps) {
  return findContact(deps.db, 'user', demandVisitor(headers, deps.config.inAppSecret));
}

const list = defineRoute({
  ...common,
  method: 'get',
  path: '/v1/in-app/messages',
  summary: 'The in-app messages of a signed-in user',
  description: `${proof} Newest first.`,
  query: z.strictObject({ ...pageQuery, unread: z.enum(['true', 'false']).default('false') }),
  answers: { 200: pageOf(message) },
  handler: async (request, deps) => {
    const contact = await visitorOf(request, deps);
    const { limit, after } = readPage(request.query, uuidKey);
    const asked = { unread: request.query.unread === 'true', after, limit: limit + 1 };
    const rows = contact ? await listInbox(deps.db, contact.id, asked) : [];
    const page = toPage(rows, limit, ({ id }) => id);
    return ok({ ...page, data: page.data.map(view) });
  },
});

function deedRoute(deed: InboxDeed, summary: string): Route {
  return defineRoute({
    ...common,
    method: 'post',
    path: `/v1/in-app/messages/:id/${deed}`,
    summary,
    description: `${proof} Once more says nothing new.`,
    params: z.strictObject({ id: z.uuid() }),
    body: z.strictObject({}),
    bodyOptional: true,
    answers: { 200: z.object({ id: z.uuid() }) },
    handler: async (request, deps) => {
      const contact = await visitorOf(request, deps);
      const { id } = request.params;
      const it = { contactId: contact?.id ?? '', sendId: id, deed, at: deps.now() };
      if (!contact || !(await markInbox(deps.db, it))) throw notFound('message');
      deps.announceEvents();
      deps.announceDispatch();
      return ok({ id });
    },
  });
}

export const inAppRoutes: readonly Route[] = [
  list,
  deedRoute('shown', 'A message came into view'),
  deedRoute('read', 'A message was read'),
  deedRoute('clicked', "A message's link was followed"),
];
