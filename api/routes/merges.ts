import { z } from 'zod';
import { getContact } from '../../prisma/stores/contacts';
import { mergeContacts } from '../../prisma/stores/merging/merge';
import { listMerges, type MergeRecord } from '../../prisma/stores/merging/record';
import { invalidField, notFound, Problem } from '../http/problems';
import { pageOf, pageQuery, readPage, toPage, uuidKey } from '../http/paging';
import { ok } from '../http/reply';
import { defineRoute, type Route } from '../http/route';

const params = z.object({ id: z.uuid() });

const mergeView = z
  .object({
    id: z.uuid(),
    from: z.uuid().meta({ description: 'The record that went: its id leads to the other for good' }),
    into: z.uuid().meta({ description: 'The record that stayed' }),
    by: z.enum(['identity', 'hand', 'rule']).meta({ description: 'An event, a person or a rule about duplicates' }),
    reason: z.string(),
    kept: z
      .record(z.string(), z.unknown())
      .meta({ description: 'What the record that went held, where the one that stayed holds something else' }),
    at: z.iso.datetime(),
  })
  .meta({ id: 'Merge' });

function view({ requestedBy: _, at, ...merge }: MergeRecord) {
  return { ...merge, at: at.toISOString() };
}

const merge = defineRoute({
  method: 'post',
  path: '/v1/contacts/:id/merge',
  summary: 'Make this contact and another one: they are the same person',
  description: [
    'The contact in the path stays, unless `stays` names the other. Its values win, its empty fields are filled; `kept` has what was lost. History, points, open journeys, tasks, messages and pauses of the other become its own, and so do its opt-outs: what either said no to holds for both.',
    'Of the same journey the older run goes on, the newer leaves with `merged`. It cannot be undone. Asked again it answers the same.',
  ].join('\n\n'),
  tag: 'Contacts',
  scope: 'operate',
  params,
  body: z.strictObject({
    with: z.uuid().meta({ description: 'The other contact' }),
    stays: z.uuid().optional().meta({ description: 'Which of the two stays; the one in the path without' }),
    reason: z.string().trim().max(200).default(''),
  }),
  answers: { 200: mergeView },
  problems: ['conflict'],
  handler: async ({ params: { id }, body, caller }, { db, now, announceEvents, announceDispatch }) => {
    const stays = body.stays ?? id;
    if (stays !== id && stays !== body.with) throw invalidField(['stays'], 'It is neither of the two.');
    const goes = stays === id ? body.with : id;
    if (goes === stays) throw invalidField(['with'], 'A contact is not merged with itself.');
    const request = { stays, goes, by: 'hand' as const, reason: body.reason, requestedBy: caller.keyId, at: now() };
    const merged = await mergeContacts(db, request);
    switch (merged.kind) {
      case 'missing':
        if ((merged.which === 'stays' ? stays : goes) === id) throw notFound('contact');
        throw invalidField([body.stays === body.with ? 'stays' : 'with'], 'There is no such contact.');
      case 'refused':
        throw new Problem('conflict', merged.reason);
      case 'same':
        return ok(view(merged.merge));
      case 'merged':
        announceEvents();
        announceDispatch();
        return ok(view(merged.merge));
    }
  },
});

const list = defineRoute({
  method: 'get',
  path: '/v1/contacts/:id/merges',
  summary: 'Records that were made one with this contact',
  description: 'Newest first. The id of a record that went answers for the contact that it is now.',
  tag: 'Contacts',
  scope: 'read',
  params,
  query: z.strictObject(pageQuery),
  answers: { 200: pageOf(mergeView) },
  handler: async ({ params, query }, { db }) => {
    const found = await getContact(db, params.id);
    if (!found) throw notFound('contact');
    const { limit, after } = readPage(query, uuidKey);
    const rows = await listMerges(db, found.id, { after, limit: limit + 1 });
    const page = toPage(rows, limit, (row) => row.id);
    return ok({ ...page, data: page.data.map(view) });
  },
});

export const mergeRoutes: readonly Route[] = [merge, list];
