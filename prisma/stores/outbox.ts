import type { JsonObject } from '../../workflows/domain/json';
import type { Channel } from '../../workflows/domain/sending/channel';
import type { DbOrTx } from '../client';

/** A captured message: what would have been delivered. */
export interface Captured {
  sendId: string;
  channel: Channel;
  to: string;
  subject: string;
  html: string;
  text: string;
  headers: Record<string, string>;
  /** What other channels than mail carry. */
  payload: JsonObject | null;
}

export interface OutboxRow extends Omit<Captured, 'channel'> {
  channel: string;
  stepId: string | null;
  enrollmentId: string | null;
  createdAt: Date;
}

/** Delivers to the outbox; a second delivery of the same send has no effect. */
export async function capture(db: DbOrTx, { payload, ...message }: Captured): Promise<void> {
  const data = { ...message, ...(payload && { payload }) };
  await db.outbox.createMany({ data: [data], skipDuplicates: true });
}

/** A place in the outbox: the instant of capture in milliseconds and the send, as `<ms>.<send id>`. */
export const outboxKey = /^\d{1,15}\.[0-9a-f-]{36}$/;

export function outboxKeyOf({ createdAt, sendId }: OutboxRow): string {
  return `${createdAt.getTime()}.${sendId}`;
}

interface Paged {
  after: string | null;
  limit: number;
}

/** Newest first, after the place `after`, with the step and enrollment each belongs to. */
export async function listOutbox(
  db: DbOrTx,
  { to, channel, after, limit }: { to?: string | undefined; channel?: Channel | undefined } & Paged,
): Promise<OutboxRow[]> {
  const [ms, id] = (after ?? '').split('.');
  const below = { createdAt: new Date(Number(ms)), sendId: id ?? '' };
  const rows = await db.outbox.findMany({
    where: {
      ...(to !== undefined && { to }),
      ...(channel !== undefined && { channel }),
      ...(after !== null && {
        OR: [{ createdAt: { lt: below.createdAt } }, { createdAt: below.createdAt, sendId: { lt: below.sendId } }],
      }),
    },
    orderBy: [{ createdAt: 'desc' }, { sendId: 'desc' }],
    take: limit,
  });
  const sends = await db.send.findMany({
    where: { id: { in: rows.map((row) => row.sendId) } },
    select: { id: true, stepId: true, enrollmentId: true },
  });
  const sendOf = new Map(sends.map((send) => [send.id, send]));
  return rows.map(({ sendId, headers, payload, ...row }) => {
    const send = sendOf.get(sendId);
    // Both were written by `capture`.
    const stored = { headers: headers as Record<string, string>, payload: payload as JsonObject | null };
    return { sendId, ...row, ...stored, stepId: send?.stepId ?? null, enrollmentId: send?.enrollmentId ?? null };
  });
}

/** To whom a captured mail went; null if there is none of that send. */
export async function capturedTo(db: DbOrTx, sendId: string): Promise<string | null> {
  const row = await db.outbox.findUnique({ where: { sendId, channel: 'email' }, select: { to: true } });
  return row?.to ?? null;
}
