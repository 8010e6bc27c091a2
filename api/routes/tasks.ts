import { z } from 'zod';
import { staffTime, workingTimeAfter } from '../../workflows/domain/timing/working-time';
import { durationPattern } from '../../workflows/domain/timing/duration';
import {
  completeTask,
  createTask,
  getTask,
  listTasks,
  snoozeTask,
  taskStatuses,
  type TaskChanged,
  type TaskRow,
} from '../../prisma/stores/tasks';
import { getContact } from '../../prisma/stores/contacts';
import type { HandlerDeps } from '../deps';
import { pageOf, pageQuery, readPage, toPage, uuidKey } from '../http/paging';
import { invalidField, notFound, Problem } from '../http/problems';
import { created, ok } from '../http/reply';
import { defineRoute, type Route } from '../http/route';

const instant = z.iso.datetime({ offset: true });
const type = z.enum(['call', 'email', 'linkedin', 'custom']);
const assignee = z.string().trim().min(1).max(500);

const task = z
  .object({
    id: z.uuid(),
    contactId: z.uuid(),
    enrollmentId: z.uuid().nullable(),
    journey: z.string().nullable(),
    stepId: z.string().nullable(),
    type,
    owner: z.string().nullable().meta({ description: 'The rep; null while nobody in particular has it' }),
    team: z.string().nullable(),
    title: z.string(),
    note: z.string().nullable(),
    dueAt: instant.nullable(),
    status: z.enum(taskStatuses).meta({ description: 'A snooze that is over counts as open' }),
    snoozedUntil: instant.nullable(),
    outcome: z.string().nullable(),
    completedAt: instant.nullable(),
    createdAt: instant,
  })
  .meta({ id: 'Task', description: 'A to-do for a rep' });

function view({ journeyKey, dueAt, snoozedUntil, completedAt, createdAt, ...row }: TaskRow) {
  return {
    ...row,
    journey: journeyKey,
    dueAt: dueAt?.toISOString() ?? null,
    snoozedUntil: snoozedUntil?.toISOString() ?? null,
    completedAt: completedAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
  };
}

const common = { tag: 'Tasks', scope: ['sales', 'operate'] } as const;
const params = z.strictObject({ id: z.uuid() });

const list = defineRoute({
  ...common,
  method: 'get',
  path: '/v1/tasks',
  summary: 'To-dos for reps',
  query: z.strictObject({
    ...pageQuery,
    owner: assignee.optional(),
    team: assignee.optional(),
    contactId: z.uuid().optional(),
    enrollmentId: z.uuid().optional(),
    status: z.enum(taskStatuses).optional(),
  }),
  answers: { 200: pageOf(task) },
  handler: async ({ query }, { db, now }) => {
    const { limit, after } = readPage(query, uuidKey);
    const { owner, team, contactId, enrollmentId, status } = query;
    const filter = { owner, team, contactId, enrollmentId, status };
    const rows = await listTasks(db, filter, { after, limit: limit + 1, now: now() });
    const page = toPage(rows, limit, (row) => row.id);
    return ok({ ...page, data: page.data.map(view) });
  },
});

const openBody = z.strictObject({
  contactId: z.uuid(),
  type: type.default('custom'),
  title: z.string().trim().min(1).max(300),
  note: z.string().trim().min(1).max(5000).optional(),
  owner: assignee.optional(),
  team: assignee.optional(),
  due: z.string().regex(durationPattern, 'such as "4 hours" or "1 working day"').optional().meta({
    description: 'In working time: hours while people work, days as working days',
  }),
  dueAt: instant.optional().meta({ description: 'Instead of `due`' }),
});

const open = defineRoute({
  ...common,
  method: 'post',
  path: '/v1/tasks',
  summary: 'Open a task by hand',
  body: openBody,
  answers: { 201: task },
  problems: ['not-found'],
  handler: async ({ body }, deps) => {
    const contact = await getContact(deps.db, body.contactId);
    const dueAt = await dueOf(body, deps);
    const { type, title, note = null, owner = null, team = null } = body;
    const row = { contactId: contact?.id ?? body.contactId, type, title, note, owner, team, dueAt };
    const id = await createTask(deps.db, row);
    if (id === null) throw notFound('contact');
    return created((await present(id, deps)).body);
  },
});

async function dueOf({ due, dueAt }: z.output<typeof openBody>, deps: HandlerDeps): Promise<number | null> {
  if (due !== undefined && dueAt !== undefined) throw invalidField(['due'], 'Either `due` or `dueAt`.');
  if (due === undefined) return dueAt === undefined ? null : Date.parse(dueAt);
  const working = staffTime(await deps.settings.current());
  try {
    return workingTimeAfter(deps.now().getTime(), due, working);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw invalidField(['due'], 'At most ten years.');
  }
}

const complete = defineRoute({
  ...common,
  method: 'post',
  path: '/v1/tasks/:id/complete',
  summary: 'Finish a task',
  description: 'Journeys hear of it as `task.completed`.',
  params,
  body: z.strictObject({ outcome: z.string().trim().min(1).max(200).optional() }),
  bodyOptional: true,
  answers: { 200: task },
  problems: ['not-found', 'not-allowed-now'],
  handler: async ({ params: { id }, body: { outcome = null } }, deps) => {
    demandDone(await completeTask(deps.db, id, { outcome, at: deps.now() }));
    deps.announceEvents();
    return present(id, deps);
  },
});

const snooze = defineRoute({
  ...common,
  method: 'post',
  path: '/v1/tasks/:id/snooze',
  summary: 'Put a task off',
  params,
  body: z.strictObject({ until: instant }),
  answers: { 200: task },
  problems: ['not-found', 'not-allowed-now'],
  handler: async ({ params: { id }, body: { until } }, deps) => {
    const at = new Date(until);
    if (at <= deps.now()) throw invalidField(['until'], 'An instant to come.');
    demandDone(await snoozeTask(deps.db, id, at));
    return present(id, deps);
  },
});

function demandDone(changed: TaskChanged): void {
  if (changed === 'missing') throw notFound('task');
  if (changed === 'completed-before') throw new Problem('not-allowed-now', 'The task is completed.');
}

async function present(id: string, { db, now }: HandlerDeps) {
  const row = await getTask(db, id, now());
  if (!row) throw notFound('task');
  return ok(view(row));
}

export const taskRoutes: readonly Route[] = [list, open, complete, snooze];
