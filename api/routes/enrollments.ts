import { z } from 'zod';
import { exitEnrollment, reviveEnrollment } from '../../prisma/stores/enrollment-actions';
import {
  enrollmentStatuses,
  listEnrollments,
  listVisits,
  type EnrollmentView,
} from '../../prisma/stores/enrollment-views';
import { pause, resume } from '../../prisma/stores/holds';
import type { HandlerDeps } from '../deps';
import { fastForward } from '../fast-forward';
import type { Caller } from '../http/auth';
import { pageOf, pageQuery, readPage, toPage, uuidKey } from '../http/paging';
import { notFound, Problem } from '../http/problems';
import { ok, type Reply } from '../http/reply';
import { defineRoute, type Route } from '../http/route';
import { demandEnrollment, enrollment, enrollmentFields, viewEnrollment } from './enrollment-view';
import { enrollmentsBulkRoute } from './enrollments-bulk';
import { pauseBody, resumeBody, spreadOf } from './holds';

const params = z.object({ id: z.uuid() });
const instant = z.iso.datetime();

const visit = z.object({
  visit: z.int(),
  stepId: z.string(),
  kind: z.string(),
  arrivedAt: instant,
  deadline: instant.nullable(),
  leftAt: instant.nullable(),
  outcome: z.string().nullable(),
});

const list = defineRoute({
  method: 'get',
  path: '/v1/enrollments',
  summary: 'Who is or was in which journey, and where',
  tag: 'Enrollments',
  scope: 'read',
  query: z.strictObject({
    ...pageQuery,
    contactId: z.uuid().optional(),
    journey: z.string().max(64).optional(),
    status: z.enum(enrollmentStatuses).optional(),
    stepId: z.string().max(64).optional(),
    version: z.coerce.number().int().min(1).optional().meta({ description: "Number of the journey's version" }),
    code: z.string().max(64).optional().meta({ description: 'Why it needs attention' }),
  }),
  answers: { 200: pageOf(enrollment) },
  handler: async ({ query }, { db }) => {
    const { limit, after } = readPage(query, uuidKey);
    const rows = await listEnrollments(db, query, { after, limit: limit + 1 });
    const page = toPage(rows, limit, (row) => row.id);
    return ok({ ...page, data: page.data.map(viewEnrollment) });
  },
});

const get = defineRoute({
  method: 'get',
  path: '/v1/enrollments/:id',
  summary: 'One enrollment with its visits',
  tag: 'Enrollments',
  scope: 'read',
  params,
  answers: { 200: z.object({ ...enrollmentFields, visits: z.array(visit) }).meta({ id: 'EnrollmentWithVisits' }) },
  handler: async ({ params: { id } }, { db }) => {
    const row = await demandEnrollment(db, id);
    const visits = (await listVisits(db, id)).map((each) => ({
      ...each,
      arrivedAt: each.arrivedAt.toISOString(),
      deadline: each.deadline?.toISOString() ?? null,
      leftAt: each.leftAt?.toISOString() ?? null,
    }));
    return ok({ ...viewEnrollment(row), visits });
  },
});

interface Action<B extends z.ZodType> {
  name: string;
  summary: string;
  description?: string;
  body: B;
  bodyOptional?: boolean;
  /** Refused for a finished enrollment unless this is set. */
  alsoFinished?: boolean;
  act(row: EnrollmentView, asked: { body: z.output<B>; caller: Caller }, deps: HandlerDeps): Promise<unknown>;
}

/** What a person does to one enrollment; the answer is the enrollment as it is then. */
function action<B extends z.ZodType>({ name, act, alsoFinished, bodyOptional = true, ...spec }: Action<B>): Route {
  return defineRoute({
    ...spec,
    method: 'post',
    path: `/v1/enrollments/:id/${name}`,
    tag: 'Enrollments',
    scope: 'operate',
    params,
    bodyOptional,
    answers: { 200: enrollment },
    problems: ['not-found', 'not-allowed-now', 'temporal-away'],
    handler: async ({ params: { id }, body, caller }, deps): Promise<Reply> => {
      const row = await demandEnrollment(deps.db, id);
      if (row.status === 'finished' && !alsoFinished) throw finished();
      await act(row, { body, caller }, deps);
      deps.announceDispatch();
      return ok(viewEnrollment(await demandEnrollment(deps.db, id)));
    },
  });
}

function finished(): Problem {
  return new Problem('not-allowed-now', 'This enrollment is finished.');
}

const nothing = z.strictObject({});

export const enrollmentRoutes: readonly Route[] = [
  list,
  get,
  enrollmentsBulkRoute,
  action({
    name: 'pause',
    summary: 'Hold one enrollment in place',
    body: pauseBody,
    act: ({ id: enrollmentId }, { body, caller }, { db }) =>
      pause(db, { scope: 'enrollment', enrollmentId }, { ...body, by: caller.keyId }),
  }),
  action({
    name: 'resume',
    summary: 'Let it go on',
    body: resumeBody,
    alsoFinished: true,
    act: ({ id: enrollmentId }, { body, caller }, { db }) =>
      resume(db, { scope: 'enrollment', enrollmentId }, { spreadSeconds: spreadOf(body), by: caller.keyId }),
  }),
  action({
    name: 'skip',
    summary: 'Go on to the next step now',
    description: 'At a stop, deferred, held or in needs attention; never while an effect runs.',
    body: nothing,
    act: ({ workflowId }, _asked, { control }) => control.skip(workflowId),
  }),
  action({
    name: 'retry',
    summary: 'Try the present step again',
    description:
      'A mail that was or may have been delivered is not repeated. If its workflow was ended outside of Nurture, a new one goes on from where it stood.',
    body: nothing,
    act: async ({ id, workflowId }, _asked, { control, db }) => {
      if (!(await reviveEnrollment(db, id))) await control.retry(workflowId);
    },
  }),
  action({
    name: 'exit',
    summary: 'End it',
    description: 'Takes effect at once, from anywhere. The first outcome to leave with stays.',
    body: z.strictObject({ reason: z.string().max(500).default('') }),
    act: async ({ id }, { body: { reason } }, { db, now }) => {
      const exited = await exitEnrollment(db, id, { reason, at: now() });
      if (exited === 'missing') throw notFound('enrollment');
      if (exited === 'finished') throw finished();
    },
  }),
  action({
    name: 'fast-forward',
    summary: 'Move its clock forward',
    description: 'On a development server only. Timers on the way fire, as if the time had passed.',
    body: z.strictObject({ by: z.string().meta({ description: 'such as "5 days" or "90 minutes"' }) }),
    bodyOptional: false,
    act: (row, { body: { by } }, deps) => fastForward(row, by, deps),
  }),
];
