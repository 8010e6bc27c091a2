import { v7 } from 'uuid';
import type { Task } from '../generated/client';
import type { TaskType } from '../../workflows/journeys/graph';
import { inTransaction, type Db, type DbOrTx, type Tx } from '../client';
import { insideEvent } from './effects/inside-events';

/** A snooze that is over counts as open. */
export const taskStatuses = ['open', 'snoozed', 'completed'] as const;
export type TaskStatus = (typeof taskStatuses)[number];

export interface NewTask {
  id: string;
  contactId: string;
  enrollmentId: string | null;
  visit: number | null;
  journeyKey: string | null;
  stepId: string | null;
  type: TaskType;
  owner: string | null;
  team: string | null;
  title: string;
  note: string | null;
  /** Epoch milliseconds. */
  dueAt: number | null;
}

/** Opens a task; a visit opens one. */
export async function insertTask(tx: Tx, { dueAt, ...task }: NewTask): Promise<void> {
  const data = [{ ...task, dueAt: dueAt === null ? null : new Date(dueAt) }];
  await tx.task.createMany({ data, skipDuplicates: true });
}

export interface TaskRow {
  id: string;
  contactId: string;
  enrollmentId: string | null;
  journeyKey: string | null;
  stepId: string | null;
  type: TaskType;
  owner: string | null;
  team: string | null;
  title: string;
  note: string | null;
  dueAt: Date | null;
  status: TaskStatus;
  snoozedUntil: Date | null;
  outcome: string | null;
  completedAt: Date | null;
  createdAt: Date;
}

export interface TaskFilter {
  owner?: string | undefined;
  team?: string | undefined;
  contactId?: string | undefined;
  enrollmentId?: string | undefined;
  status?: TaskStatus | undefined;
}

/** Newest first, below the id `after`. `now` tells which snoozes are over. */
export async function listTasks(
  db: DbOrTx,
  { status, ...filter }: TaskFilter,
  page: { after: string | null; limit: number; now: Date },
): Promise<TaskRow[]> {
  const { after, limit, now } = page;
  const statusWhere = {
    open: { OR: [{ status: 'open' }, { status: 'snoozed', snoozedUntil: { lte: now } }] },
    snoozed: { status: 'snoozed', snoozedUntil: { gt: now } },
    completed: { status: 'completed' },
  } satisfies Record<TaskStatus, object>;
  const rows = await db.task.findMany({
    where: { ...filter, ...(after !== null && { id: { lt: after } }), ...(status && statusWhere[status]) },
    orderBy: { id: 'desc' },
    take: limit,
  });
  return rows.map((row) => asTask(row, now));
}

export async function getTask(db: DbOrTx, id: string, now: Date): Promise<TaskRow | null> {
  const row = await db.task.findUnique({ where: { id } });
  return row && asTask(row, now);
}

export type TaskByHand = Pick<NewTask, 'contactId' | 'type' | 'owner' | 'team' | 'title' | 'note' | 'dueAt'>;

/** Opens a task that a person asked for. Null if there is no such contact. */
export async function createTask(db: Db, task: TaskByHand): Promise<string | null> {
  return inTransaction(db, async (tx) => {
    // Locked, so that a join cannot move the contact's tasks before this one is there.
    await tx.$queryRaw`select id from contact where id = ${task.contactId}::uuid for no key update`;
    const contact = await tx.contact.findUnique({ where: { id: task.contactId } });
    if (!contact || contact.mergedInto !== null || contact.erasedAt !== null) return null;
    const id = v7();
    await insertTask(tx, { ...task, id, enrollmentId: null, visit: null, journeyKey: null, stepId: null });
    return id;
  });
}

export type TaskChanged = 'done' | 'missing' | 'completed-before';

/** Finishes a task; journeys hear of it by `task.completed`, once. */
export async function completeTask(
  db: Db,
  id: string,
  { outcome, at }: { outcome: string | null; at: Date },
): Promise<TaskChanged> {
  return inTransaction(db, async (tx) => {
    const data = { status: 'completed', outcome, completedAt: at, snoozedUntil: null };
    const { count } = await tx.task.updateMany({ where: { id, status: { not: 'completed' } }, data });
    const task = await tx.task.findUnique({ where: { id } });
    if (!task) return 'missing';
    if (count === 0) return 'completed-before';
    const { contactId, type, journeyKey, stepId } = task;
    const properties = { taskId: id, type, journey: journeyKey, stepId, outcome };
    const messageId = `task.completed:${id}`;
    await insideEvent(tx, { type: 'task.completed', messageId, contactId, properties, hops: 1, at: at.getTime() });
    return 'done';
  });
}

/** Puts a task off until an instant; it counts as open again from then on. */
export async function snoozeTask(db: Db, id: string, until: Date): Promise<TaskChanged> {
  const data = { status: 'snoozed', snoozedUntil: until };
  const { count } = await db.task.updateMany({ where: { id, status: { not: 'completed' } }, data });
  if (count > 0) return 'done';
  return (await db.task.count({ where: { id } })) > 0 ? 'completed-before' : 'missing';
}

function asTask({ visit: _, ...row }: Task, now: Date): TaskRow {
  const { type, status, snoozedUntil } = row;
  const isOver = status === 'snoozed' && snoozedUntil !== null && snoozedUntil <= now;
  // Checked by the schema of the route and of the step that wrote it.
  return { ...row, type: type as TaskType, status: isOver ? 'open' : (status as TaskStatus) };
}
