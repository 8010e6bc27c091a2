import type { DbOrTx } from '../client';

/** A captured mail: what would have been delivered. */
export interface CapturedMail {
  sendId: string;
  to: string;
  subject: string;
  html: string;
  text: string;
  headers: Record<string, string>;
}

export interface OutboxRow extends CapturedMail {
  stepId: string | null;
  enrollmentId: string | null;
  createdAt: Date;
}

/** Delivers to the outbox; a second delivery of the same send has no effect. */
export async function captureMail(db: DbOrTx, mail: CapturedMail): Promise<void> {
  await db.outbox.createMany({ data: [mail], skipDuplicates: true });
}

/** A place in the outbox: the instant of capture in milliseconds and the send, as `<ms>.<send id>`. */
export const outboxKey = /^\d{1,15}\.[0-9a-f-]{36}$/;

export function outboxKeyOf({ createdAt, sendId }: OutboxRow): string {
  return `${createdAt.getTime()}.${sendId}`;
}

/** Newest first, after the place `after`, with the step and enrollment each belongs to. */
export async function listOutbox(
  db: DbOrTx,
  { to, after, limit }: { to?: string | undefined; after: string | null; limit: number },
): Promise<OutboxRow[]> {
  const [ms, id] = (after ?? '').split('.');
  const below = { createdAt: new Date(Number(ms)), sendId: id ?? '' };
  const rows = await db.outbox.findMany({
    where: {
      ...(to !== undefined && { to }),
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
  return rows.map(({ sendId, headers, ...row }) => {
    const send = sendOf.get(sendId);
    const named = headers as Record<string, string>;
    return { sendId, ...row, headers: named, stepId: send?.stepId ?? null, enrollmentId: send?.enrollmentId ?? null };
  });
}

/** To whom a captured mail went; null if there is none of that send. */
export async function capturedTo(db: DbOrTx, sendId: string): Promise<string | null> {
  const row = await db.outbox.findUnique({ where: { sendId }, select: { to: true } });
  return row?.to ?? null;
}
