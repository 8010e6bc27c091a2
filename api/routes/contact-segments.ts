import { z } from 'zod';
import { segmentsOfContact } from '../../prisma/stores/contact-segments';
import { getContact } from '../../prisma/stores/contacts';
import { notFound } from '../http/problems';
import { ok } from '../http/reply';
import { defineRoute, type Route } from '../http/route';

const segmentOf = z
  .object({
    key: z.string(),
    name: z.string(),
    since: z.iso.datetime().meta({ description: 'Whoever was in it when it began to be watched is in it since then' }),
  })
  .meta({ id: 'ContactSegment' });

const list = defineRoute({
  method: 'get',
  path: '/v1/contacts/:id/segments',
  summary: 'The segments that a contact is in, and since when',
  description: 'Saved ones, and built-in ones that a journey waits for: those whose turns are told.',
  tag: 'Contacts',
  scope: 'read',
  params: z.object({ id: z.uuid() }),
  answers: { 200: z.object({ data: z.array(segmentOf) }).meta({ id: 'ContactSegments' }) },
  handler: async ({ params: { id } }, { db }) => {
    const contact = await getContact(db, id);
    if (!contact) throw notFound('contact');
    const found = await segmentsOfContact(db, contact.id);
    return ok({ data: found.map(({ key, name, since }) => ({ key, name, since: since.toISOString() })) });
  },
});

export const contactSegmentRoutes: readonly Route[] = [list];
