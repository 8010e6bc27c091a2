import { z } from 'zod';
import { activeHold, listHolds, pause, resume, type HoldRow, type HoldTarget } from '../../prisma/stores/holds';
import type { HandlerDeps } from '../deps';
import { durationMs } from '../http/duration';
import { pageOf, pageQuery, readPage, toPage, uuidKey } from '../http/paging';
import { invalidField } from '../http/problems';
import { ok } from '../http/reply';
import { defineRoute, type Route } from '../http/route';

export const pauseBody = z.strictObject({ reason: z.string().max(500).default('') });
export const resumeBody = z.strictObject({
  spread: z.string().optional().meta({ description: 'Over how long those who were held are let go: "30 minutes"' }),
});

const MOST_SPREAD_MS = 7 * 86_400_000;

/**
 * Seconds of a spread; 0 where none is named.
 * @throws Problem validation-failed
 */
export function spreadOf({ spread }: z.output<typeof resumeBody>): number {
  const ms = spread === undefined ? 0 : durationMs(spread, ['spread']);
  if (ms > MOST_SPREAD_MS) throw invalidField(['spread'], 'At most 7 days.');
  return Math.ceil(ms / 1000);
}

const scopes = ['system', 'journey', 'step', 'contact', 'enrollment'] as const;

const target = {
  scope: z.enum(scopes),
  journey: z.string().nullable(),
  stepId: z.string().nullable(),
  contactId: z.uuid().nullable(),
  enrollmentId: z.uuid().nullable(),
};

const hold = z
  .object({ ...target, paused: z.boolean(), since: z.iso.datetime().nullable(), reason: z.string() })
  .meta({ id: 'Hold' });

const pastHold = z
  .object({
    id: z.uuid(),
    ...target,
    reason: z.string(),
    createdAt: z.iso.datetime(),
    createdBy: z.uuid().nullable().meta({ description: 'The API key that paused it' }),
    liftedAt: z.iso.datetime().nullable(),
    liftedBy: z.uuid().nullable(),
    spreadSeconds: z.int().meta({ description: 'Over how long those who were held are let go' }),
  })
  .meta({ id: 'HoldRecord', description: 'A pause, in force or lifted' });

export interface HoldRoutes<P extends z.ZodType> {
  /** `/pause` and `/resume` are put behind it. */
  path: string;
  what: string;
  tag: string;
  params?: P;
  target(params: z.output<P>, deps: HandlerDeps): Promise<HoldTarget> | HoldTarget;
  /** Told before the pause is written or lifted; throws a Problem to refuse. */
  before?(action: 'pause' | 'resume', params: z.output<P>, deps: HandlerDeps): Promise<void>;
}

/** The pair of routes that hold something in place and let it go. */
export function holdRoutes<P extends z.ZodType>(spec: HoldRoutes<P>): Route[] {
  const common = { method: 'post', tag: spec.tag, scope: 'operate', bodyOptional: true, params: spec.params } as const;
  const answers = { answers: { 200: hold }, problems: ['not-found', 'not-allowed-now'] } as const;
  return [
    defineRoute({
      ...common,
      ...answers,
      path: `${spec.path}/pause`,
      summary: `Hold ${spec.what} in place`,
      description: 'Nobody is skipped and nobody leaves; opt-outs and exits still work, and behaviour is recorded.',
      body: pauseBody,
      handler: async ({ params, body, caller }, deps) => {
        const target = await spec.target(params, deps);
        await spec.before?.('pause', params, deps);
        await pause(deps.db, target, { ...body, by: caller.keyId });
        return ok(await present(target, deps));
      },
    }),
    defineRoute({
      ...common,
      ...answers,
      path: `${spec.path}/resume`,
      summary: `Let ${spec.what} go on`,
      body: resumeBody,
      handler: async ({ params, body, caller }, deps) => {
        const target = await spec.target(params, deps);
        await spec.before?.('resume', params, deps);
        await resume(deps.db, target, { spreadSeconds: spreadOf(body), by: caller.keyId });
        deps.announceDispatch();
        return ok(await present(target, deps));
      },
    }),
  ];
}

const list = defineRoute({
  method: 'get',
  path: '/v1/holds',
  summary: 'Pauses, in force and lifted',
  description: 'Who paused what and why, and who let it go on.',
  tag: 'Holds',
  scope: 'read',
  query: z.strictObject({
    ...pageQuery,
    active: z.stringbool().optional().meta({ description: 'true: in force; false: lifted' }),
    scope: z.enum(scopes).optional(),
    journey: z.string().max(64).optional(),
    contactId: z.uuid().optional(),
    enrollmentId: z.uuid().optional(),
  }),
  answers: { 200: pageOf(pastHold) },
  handler: async ({ query }, { db }) => {
    const { limit, after } = readPage(query, uuidKey);
    const { active, scope, journey: journeyKey, contactId, enrollmentId } = query;
    const filter = { active, scope, journeyKey, contactId, enrollmentId };
    const page = toPage(await listHolds(db, filter, { after, limit: limit + 1 }), limit, (row) => row.id);
    return ok({ ...page, data: page.data.map(viewHold) });
  },
});

export const holdListRoutes: readonly Route[] = [list];

function viewHold({ journeyKey, createdAt, liftedAt, ...row }: HoldRow) {
  const { id, scope, stepId, contactId, enrollmentId, reason, createdBy, liftedBy, spreadSeconds } = row;
  return {
    ...{ id, scope, journey: journeyKey, stepId, contactId, enrollmentId, reason, createdBy, liftedBy, spreadSeconds },
    createdAt: createdAt.toISOString(),
    liftedAt: liftedAt?.toISOString() ?? null,
  };
}

async function present(target: HoldTarget, { db }: HandlerDeps) {
  const active = await activeHold(db, target);
  return {
    scope: target.scope,
    journey: 'journeyKey' in target ? target.journeyKey : null,
    stepId: 'stepId' in target ? target.stepId : null,
    contactId: 'contactId' in target ? target.contactId : null,
    enrollmentId: 'enrollmentId' in target ? target.enrollmentId : null,
    paused: active !== null,
    since: active?.createdAt.toISOString() ?? null,
    reason: active?.reason ?? '',
  };
}
