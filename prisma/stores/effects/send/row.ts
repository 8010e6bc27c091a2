import { sendKeyOf, type Channel } from '../../../../workflows/domain/sending/channel';
import type { SendState } from '../../../../workflows/domain/sending/state';
import type { Tx } from '../../../client';

/** A send as the protocol needs it. Instants are epoch milliseconds. */
export interface SendRow {
  id: string;
  state: SendState;
  reason: string | null;
  address: string | null;
  addressHash: string | null;
  attemptId: string | null;
  /** Attempts that have begun and were not told no. */
  begun: number;
  /** When the attempt that began last did so. */
  begunAt: number | null;
  deferredUntil: number | null;
  settledAt: number | null;
  class: string;
  topic: string | null;
}

/** The one message of a visit on a channel, whoever asks. */
export async function readSend(
  tx: Tx,
  asked: { enrollmentId: string; visit: number },
  channel: Channel,
): Promise<SendRow | null> {
  const key = sendKeyOf(asked.enrollmentId, asked.visit, channel);
  const row = await tx.send.findUnique({ where: { key } });
  if (!row) return null;
  const { id, reason, address, addressHash, attemptId, begun, topic } = row;
  return {
    ...{ id, reason, address, addressHash, attemptId, begun, topic, class: row.class },
    state: row.state as SendState,
    begunAt: row.begunAt?.getTime() ?? null,
    deferredUntil: row.deferredUntil?.getTime() ?? null,
    settledAt: row.settledAt?.getTime() ?? null,
  };
}

/** An abandoned call: nobody knows whether it went out. */
export async function makeUnknown(tx: Tx, row: SendRow, it: { reason: string; at: number }): Promise<SendRow> {
  const { reason, at: settledAt } = it;
  await tx.send.update({ where: { id: row.id }, data: { state: 'unknown', reason, settledAt: new Date(settledAt) } });
  return { ...row, state: 'unknown', reason, settledAt };
}
