import { z } from 'zod';
import { readSetAside, retrySetAside } from '../../prisma/stores/set-aside';
import { ok } from '../http/reply';
import { defineRoute, type Route } from '../http/route';

const instant = z.iso.datetime();
const setAside = z
  .object({
    events: z.array(
      z.object({
        id: z.string(),
        type: z.string(),
        origin: z.string(),
        messageId: z.string(),
        error: z.string(),
        receivedAt: instant,
      }),
    ),
    dispatches: z.array(
      z.object({
        id: z.string(),
        enrollmentId: z.uuid(),
        kind: z.string(),
        error: z.string().nullable(),
        attempts: z.int(),
        createdAt: instant,
      }),
    ),
  })
  .meta({ id: 'SetAside' });

/** What was taken out of the queues because it kept failing, so that the rest could go on. */
export const setAsideRoutes: readonly Route[] = [
  defineRoute({
    method: 'get',
    path: '/v1/system/set-aside',
    summary: 'Events and wake-ups that kept failing',
    description: 'The oldest hundred of each, with the error. Nothing is lost: they wait for a retry.',
    tag: 'System',
    scope: 'operate',
    answers: { 200: setAside },
    handler: async (_request, { db }) => {
      const { events, dispatches } = await readSetAside(db);
      return ok({
        events: events.map(({ seq, receivedAt, ...event }) => ({
          id: String(seq),
          ...event,
          receivedAt: receivedAt.toISOString(),
        })),
        dispatches: dispatches.map(({ id, createdAt, ...row }) => ({
          id: String(id),
          ...row,
          createdAt: createdAt.toISOString(),
        })),
      });
    },
  }),
  defineRoute({
    method: 'post',
    path: '/v1/system/set-aside/retry',
    summary: 'Try all of them again',
    tag: 'System',
    scope: 'operate',
    body: z.strictObject({}),
    bodyOptional: true,
    answers: { 200: z.object({ events: z.int(), dispatches: z.int() }).meta({ id: 'SetAsideRetried' }) },
    handler: async (_request, { db }) => ok(await retrySetAside(db)),
  }),
];
