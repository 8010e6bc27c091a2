import { z } from 'zod';
import { getContact } from '../../prisma/stores/contacts';
import { givePointsByHand } from '../../prisma/stores/scores/by-hand';
import { notFound } from '../http/problems';
import { created } from '../http/reply';
import { defineRoute, type Route } from '../http/route';

const given = {
  axis: z.enum(['fit', 'engagement']),
  points: z
    .int()
    .min(-1000)
    .max(1000)
    .refine((value) => value !== 0, { error: 'must not be 0' })
    .meta({ description: 'Below zero, to take' }),
  reason: z.string().trim().min(1).max(200).meta({ description: 'Named in the score, as a rule is' }),
};

const give = defineRoute({
  method: 'post',
  path: '/v1/contacts/:id/points',
  summary: 'Give or take points by hand',
  description:
    'They count beside those of the model, whatever its caps, and stay when another model is published. What they cross is told as an event, as with the points of a step.',
  tag: 'Contacts',
  scope: 'operate',
  params: z.object({ id: z.uuid() }),
  body: z.strictObject(given),
  answers: { 201: z.object({ ...given, at: z.iso.datetime() }).meta({ id: 'PointsGiven' }) },
  problems: ['not-found'],
  handler: async ({ params, body }, { db, now, announceEvents }) => {
    const contact = await getContact(db, params.id);
    const at = now();
    if (!contact || !(await givePointsByHand(db, contact.id, { ...body, at }))) throw notFound('contact');
    announceEvents();
    return created({ ...body, at: at.toISOString() });
  },
});

export const contactPointsRoutes: readonly Route[] = [give];
