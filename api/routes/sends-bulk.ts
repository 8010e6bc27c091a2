import { z } from 'zod';
import { countUnknown, listUnknown } from '../../prisma/stores/send-views';
import type { HandlerDeps } from '../deps';
import { durationMs } from '../http/duration';
import { readPage, toPage, uuidKey } from '../http/paging';
import { Problem } from '../http/problems';
import { ok } from '../http/reply';
import { defineRoute } from '../http/route';
import { abandonUnknown, resendUnknown } from '../unknown-sends';

/** Messages of one call, and how many of them are worked on at a time. */
const MOST = 500;
const AT_ONCE = 10;

const actions = { abandon: abandonUnknown, resend: resendUnknown };
const refusal = z.object({ id: z.uuid(), reason: z.string() });

export const bulkRoute = defineRoute({
  method: 'post',
  path: '/v1/sends/bulk',
  summary: 'Abandon or resend messages of unknown fate',
  description: [
    `Does to each what the route for one does, oldest first, at most ${MOST} a call; \`next\` is the \`cursor\` for the rest.`,
    'A message is resent only where its journey still stands at its step: hardly ever with the setting `unknownSends: proceed`. The others are refused, each with its reason. A resent message may arrive twice, and stays unknown until its workflow has sent it.',
    'While Temporal is away, resending stops: those that were tried are refused, and `next` leads to the rest. `dryRun` only counts.',
  ].join('\n\n'),
  tag: 'Sends',
  scope: 'operate',
  body: z.strictObject({
    filter: z.strictObject({
      state: z.literal('unknown'),
      journey: z.string().max(64).optional(),
      stepId: z.string().max(64).optional(),
      olderThan: z.string().optional().meta({ description: 'Since its last attempt began, such as "2 hours"' }),
    }),
    action: z.enum(['abandon', 'resend']),
    dryRun: z.boolean().default(false),
    cursor: z.string().max(500).optional().meta({ description: '`next` of the call before' }),
  }),
  answers: {
    200: z
      .object({
        matched: z.int().meta({ description: 'All that fit the filter, before anything was done' }),
        done: z.int(),
        refused: z.array(refusal),
        next: z.string().nullable(),
      })
      .meta({ id: 'SendsBulk' }),
  },
  handler: async ({ body: { filter, action, dryRun, cursor } }, deps) => {
    const { journey, stepId, olderThan } = filter;
    const before = olderThan === undefined ? undefined : agoOf(durationMs(olderThan, ['filter', 'olderThan']), deps);
    const wanted = { journey, stepId, before };
    const { after } = readPage({ limit: MOST, cursor }, uuidKey, 'body');
    const matched = await countUnknown(deps.db, wanted);
    if (dryRun) return ok({ matched, done: 0, refused: [], next: null });
    const rows = await listUnknown(deps.db, wanted, { after, limit: MOST + 1 });
    const { tried, refused } = await actOnAll(rows.slice(0, MOST), (id) => actions[action](id, deps)).finally(
      deps.announceDispatch,
    );
    const { next } = toPage(rows, tried, ({ id }) => id);
    return ok({ matched, done: tried - refused.length, refused, next });
  },
});

function agoOf(ms: number, { now }: HandlerDeps): Date {
  return new Date(now().getTime() - ms);
}

interface Refusal extends z.output<typeof refusal> {
  /** The others would fare alike. */
  stop: boolean;
}

/** Goes through the rows, some at a time, until something concerns all that are left. */
async function actOnAll(rows: readonly { id: string }[], act: (id: string) => Promise<void>) {
  const refused: z.output<typeof refusal>[] = [];
  for (let from = 0; from < rows.length; from += AT_ONCE) {
    const answers = await Promise.all(rows.slice(from, from + AT_ONCE).map(({ id }) => refusalOf(id, act)));
    const refusals = answers.filter((answer) => answer !== null);
    refused.push(...refusals.map(({ id, reason }) => ({ id, reason })));
    if (refusals.some(({ stop }) => stop)) return { tried: from + answers.length, refused };
  }
  return { tried: rows.length, refused };
}

/** Null when it was done. */
async function refusalOf(id: string, act: (id: string) => Promise<void>): Promise<Refusal | null> {
  try {
    await act(id);
    return null;
  } catch (error) {
    if (error instanceof Problem && error.status !== 500)
      return { id, reason: error.message, stop: error.code === 'temporal-away' };
    throw error;
  }
}
