import { z } from 'zod';
import type { Db } from '../../prisma/client';
import { reapplyMailFact, type MailFact } from '../../prisma/stores/mail-facts';
import { readFailedFacts, readSetAside, retrySetAside, type FailedFact } from '../../prisma/stores/set-aside';
import { ok } from '../http/reply';
import { defineRoute, type Route } from '../http/route';
import { mailFactOf } from '../webhooks/sendgrid-items';

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
    facts: z.array(
      z.object({ id: z.uuid(), provider: z.string(), type: z.string(), error: z.string(), createdAt: instant }),
    ),
  })
  .meta({ id: 'SetAside' });

/** What was taken out of the queues because it kept failing, so that the rest could go on. */
export const setAsideRoutes: readonly Route[] = [
  defineRoute({
    method: 'get',
    path: '/v1/system/set-aside',
    summary: 'Events, wake-ups and mail facts that failed',
    description: 'The oldest hundred of each, with the error. Nothing is lost: they wait for a retry.',
    tag: 'System',
    scope: 'operate',
    answers: { 200: setAside },
    handler: async (_request, { db }) => {
      const { events, dispatches, facts } = await readSetAside(db);
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
        facts: facts.map(({ createdAt, ...fact }) => ({ ...fact, createdAt: createdAt.toISOString() })),
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
    answers: {
      200: z.object({ events: z.int(), dispatches: z.int(), facts: z.int() }).meta({ id: 'SetAsideRetried' }),
    },
    handler: async (_request, { db }) => {
      // Facts first: what follows from them is announced with the rest.
      const facts = await retryFacts(db);
      return ok({ ...(await retrySetAside(db)), facts });
    },
  }),
];

/** Applies each once more, read as the webhook reads it. Answers how many were tried. */
async function retryFacts(db: Db): Promise<number> {
  let tried = 0;
  for (let after: string | null = null; ;) {
    const rows: FailedFact[] = await readFailedFacts(db, after);
    for (const row of rows) await reapplyMailFact(db, row.id, factOf(row));
    tried += rows.length;
    after = rows.at(-1)?.id ?? null;
    if (after === null) return tried;
  }
}

/** The name under which it was stored stays. */
function factOf({ payload, provider, dedupKey, type, createdAt }: FailedFact): MailFact {
  return { ...mailFactOf(payload, provider, createdAt), dedupKey, type };
}
