import { z } from 'zod';
import { ok } from '../http/reply';
import { defineRoute, type Route } from '../http/route';
import { ping } from '../../prisma/stores/health';
import { holdRoutes } from './holds';

const health = z.object({ status: z.literal('ok') });
const part = z.enum(['ok', 'away']);
const readiness = z.object({ status: part, database: part, temporal: part }).meta({ id: 'Readiness' });

/** How long /readyz waits for the database or for Temporal. */
const PATIENCE_MS = 1_500;

export const systemRoutes: readonly Route[] = [
  defineRoute({
    method: 'get',
    path: '/healthz',
    summary: 'Whether the process answers',
    tag: 'System',
    scope: null,
    answers: { 200: health },
    handler: () => ok({ status: 'ok' }),
  }),
  defineRoute({
    method: 'get',
    path: '/readyz',
    summary: 'Whether the database and Temporal answer',
    description: 'Events are accepted while Temporal is away; everything else waits for it.',
    tag: 'System',
    scope: null,
    answers: { 200: readiness, 503: { description: 'One of them is away', schema: readiness } },
    handler: async (_request, { db, control }) => {
      const [database, temporal] = await Promise.all([answers(ping(db)), answers(control.ping())]);
      const status = database === 'ok' && temporal === 'ok' ? 'ok' : 'away';
      const reply = ok({ status, database, temporal });
      return status === 'ok' ? reply : { ...reply, status: 503, headers: { 'Retry-After': '2' } };
    },
  }),
  ...holdRoutes({ path: '/v1/system', what: 'everything', tag: 'System', target: () => ({ scope: 'system' }) }),
];

async function answers(probe: Promise<unknown>): Promise<'ok' | 'away'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'away'>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS, 'away');
  });
  try {
    return await Promise.race([
      probe.then(
        () => 'ok' as const,
        () => 'away' as const,
      ),
      late,
    ]);
  } finally {
    clearTimeout(timer);
  }
}
