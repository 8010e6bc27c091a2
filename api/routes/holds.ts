import { z } from 'zod';
import { activeHold, pause, resume, type HoldTarget } from '../../prisma/stores/holds';
import type { HandlerDeps } from '../deps';
import { ok } from '../http/reply';
import { defineRoute, type Route } from '../http/route';

export const pauseBody = z.strictObject({ reason: z.string().max(500).default('') });
export const resumeBody = z.strictObject({
  spreadSeconds: z
    .int()
    .min(0)
    .max(7 * 86_400)
    .default(0)
    .meta({ description: 'Over how long those who were held are let go' }),
});

const hold = z
  .object({
    scope: z.enum(['system', 'journey', 'step', 'contact', 'enrollment']),
    journey: z.string().nullable(),
    stepId: z.string().nullable(),
    contactId: z.uuid().nullable(),
    enrollmentId: z.uuid().nullable(),
    paused: z.boolean(),
    since: z.iso.datetime().nullable(),
    reason: z.string(),
  })
  .meta({ id: 'Hold' });

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
      handler: async ({ params, body }, deps) => {
        const target = await spec.target(params, deps);
        await spec.before?.('pause', params, deps);
        await pause(deps.db, target, body.reason);
        return ok(await present(target, deps));
      },
    }),
    defineRoute({
      ...common,
      ...answers,
      path: `${spec.path}/resume`,
      summary: `Let ${spec.what} go on`,
      body: resumeBody,
      handler: async ({ params, body }, deps) => {
        const target = await spec.target(params, deps);
        await spec.before?.('resume', params, deps);
        await resume(deps.db, target, body.spreadSeconds);
        deps.announceDispatch();
        return ok(await present(target, deps));
      },
    }),
  ];
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
