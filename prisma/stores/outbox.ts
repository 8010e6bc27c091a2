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

/** Newest first, below the row of `before`, with the send each belongs to. */
export async function listOutbox(
  db: DbOrTx,
  { to, before, limit }: { to?: string; before?: string; limit: number },
): Promise<OutboxRow[]> {
  const rows = await db.outbox.findMany({
    where: { ...(to !== undefined && { to }), ...(before !== undefined && { sendId: { lt: before } }) },
    orderBy: { sendId: 'desc' },
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

export async function getCaptured(db: DbOrTx, sendId: string): Promise<CapturedMail | null> {
  const row = await db.outbox.findUnique({ where: { sendId } });
  return row && { ...row, headers: row.headers as Record<string, string> };
}
