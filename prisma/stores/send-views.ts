import type { Prisma } from '../generated/client';
import type { SendState } from '../../workflows/domain/sending/state';
import { inTransaction, type Db, type DbOrTx } from '../client';
import { oweWake } from './effects/dispatches';

export interface SendView {
  id: string;
  key: string;
  state: string;
  reason: string | null;
  contactId: string;
  enrollmentId: string | null;
  journeyKey: string;
  stepId: string;
  visit: number;
  channel: string;
  templateKey: string | null;
  transport: string | null;
  deferredUntil: Date | null;
  settledAt: Date | null;
  createdAt: Date;
}

const columns = {
  id: true,
  key: true,
  state: true,
  reason: true,
  contactId: true,
  enrollmentId: true,
  journeyKey: true,
  stepId: true,
  visit: true,
  channel: true,
  templateKey: true,
  transport: true,
  deferredUntil: true,
  settledAt: true,
  createdAt: true,
} as const;

export interface SendFilter {
  contactId?: string | undefined;
  enrollmentId?: string | undefined;
  state?: SendState | undefined;
}

/** Newest first, below the id `after`. */
export async function listSends(
  db: DbOrTx,
  filter: SendFilter,
  { after, limit }: { after: string | null; limit: number },
): Promise<SendView[]> {
  const { contactId, enrollmentId, state } = filter;
  return db.send.findMany({
    where: {
      ...(contactId !== undefined && { contactId }),
      ...(enrollmentId !== undefined && { enrollmentId }),
      ...(state !== undefined && { state }),
      ...(after !== null && { id: { lt: after } }),
    },
    orderBy: { id: 'desc' },
    take: limit,
    select: columns,
  });
}

export async function getSend(db: DbOrTx, id: string): Promise<SendView | null> {
  return db.send.findUnique({ where: { id }, select: columns });
}

export type Resending =
  /** The workflow is to retry the step: it may send this message once more. */
  { kind: 'retry'; workflowId: string } | { kind: 'missing' } | { kind: 'not-unknown' } | { kind: 'gone-on' };

/**
 * A person says that a message of unknown fate may be sent once more. Only while its step is where the enrollment
 * stands: what came after it would arrive before it.
 */
export async function allowResend(db: Db, id: string): Promise<Resending> {
  return inTransaction(db, async (tx) => {
    await tx.$queryRaw`select id from contact where id = (select contact_id from send where id = ${id}::uuid) for no key update`;
    const send = await getSend(tx, id);
    if (!send) return { kind: 'missing' };
    if (send.state !== 'unknown') return { kind: 'not-unknown' };
    const enrollment =
      send.enrollmentId === null ? null : await tx.enrollment.findUnique({ where: { id: send.enrollmentId } });
    if (!enrollment || enrollment.status === 'finished' || enrollment.visit !== send.visit) return { kind: 'gone-on' };
    await tx.send.update({ where: { id }, data: { mayResend: true } });
    return { kind: 'retry', workflowId: `${enrollment.journeyKey}/${enrollment.id}` };
  });
}

/** A person says that a message of unknown fate is to be counted as not sent. What a provider tells later still counts. */
export async function abandonSend(db: Db, id: string): Promise<'abandoned' | 'missing' | 'not-unknown'> {
  return inTransaction(db, async (tx) => {
    await tx.$queryRaw`select id from contact where id = (select contact_id from send where id = ${id}::uuid) for no key update`;
    const send = await getSend(tx, id);
    if (!send) return 'missing';
    if (send.state !== 'unknown') return 'not-unknown';
    await tx.send.update({ where: { id }, data: { state: 'suppressed', reason: 'abandoned', settledAt: new Date() } });
    const { enrollmentId, journeyKey, visit } = send;
    if (enrollmentId !== null) await oweWake(tx, { enrollmentId, journeyKey, kind: 'wake', visit });
    return 'abandoned';
  });
}

export interface UnknownFilter {
  journey?: string | undefined;
  stepId?: string | undefined;
  /** Only those whose last attempt began before it. */
  before?: Date | undefined;
}

/** Sends of state unknown, oldest first, above the id `after`. */
export function listUnknown(
  db: DbOrTx,
  filter: UnknownFilter,
  { after, limit }: { after: string | null; limit: number },
): Promise<{ id: string }[]> {
  const where = { ...unknownWhere(filter), ...(after !== null && { id: { gt: after } }) };
  return db.send.findMany({ where, orderBy: { id: 'asc' }, take: limit, select: { id: true } });
}

export function countUnknown(db: DbOrTx, filter: UnknownFilter): Promise<number> {
  return db.send.count({ where: unknownWhere(filter) });
}

function unknownWhere({ journey, stepId, before }: UnknownFilter): Prisma.SendWhereInput {
  const begun = before && { OR: [{ begunAt: { lt: before } }, { begunAt: null, createdAt: { lt: before } }] };
  return {
    state: 'unknown',
    ...(journey !== undefined && { journeyKey: journey }),
    ...(stepId !== undefined && { stepId }),
    ...begun,
  };
}
