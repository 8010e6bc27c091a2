import { rises, type SendState } from '../../../../workflows/domain/sending/state';
import type { Tx } from '../../../client';
import { oweWake } from '../dispatches';
import { insideEvent, type InsideEvent } from '../inside-events';

export interface Raise {
  sendId: string;
  state: Extract<SendState, 'accepted' | 'delivered' | 'bounced'>;
  providerMessageId: string | null;
  at: number;
}

interface Row {
  id: string;
  state: SendState;
  contactId: string;
  enrollmentId: string | null;
  journeyKey: string;
  stepId: string;
  visit: number;
  channel: string;
  templateKey: string | null;
  class: string;
}

/**
 * Proof that a message was accepted, or what became of it, from the call or from an event of the provider. Raises every
 * lower state and never lowers one; a workflow that waits to know is woken. Call it under the contact's lock.
 */
export async function raiseSend(tx: Tx, { sendId, state, providerMessageId, at }: Raise): Promise<boolean> {
  const row = await tx.send.findUnique({ where: { id: sendId } });
  if (!row) return false;
  const known = { ...row, state: row.state as SendState };
  const raised = rises(known.state, state);
  const messageId = row.providerMessageId ?? providerMessageId;
  const data = { providerMessageId: messageId, ...(raised && { state, reason: null, settledAt: new Date(at) }) };
  await tx.send.update({ where: { id: sendId }, data });
  if (!raised) return false;
  await recordSent(tx, known, at);
  if (known.state === 'unknown' || known.state === 'retryable' || known.state === 'deferred') await wake(tx, known);
  return true;
}

/** However often a send is proved accepted, it was sent once. */
async function recordSent(tx: Tx, row: Row, at: number): Promise<void> {
  const { id: sendId, contactId, enrollmentId } = row;
  // What staff are told is nothing that happened to the contact.
  if (row.class === 'internal') return;
  const hops = (await hopsOf(tx, enrollmentId)) + 1;
  await insideEvent(tx, { ...sentEvent(row), messageId: `sent:${sendId}`, contactId, sendId, hops, at });
}

function sentEvent({ channel, templateKey: template, journeyKey: journey, stepId }: Row): SentEvent {
  if (channel === 'email') return { type: 'email.sent', properties: { template, journey, stepId } };
  return { type: 'message.sent', properties: { channel, journey, stepId } };
}

type SentEvent = Pick<InsideEvent, 'type' | 'properties'>;

async function hopsOf(tx: Tx, enrollmentId: string | null): Promise<number> {
  if (enrollmentId === null) return 0;
  const enrollment = await tx.enrollment.findUnique({ where: { id: enrollmentId }, select: { hops: true } });
  return enrollment?.hops ?? 0;
}

async function wake(tx: Tx, { enrollmentId, journeyKey, visit }: Row): Promise<void> {
  if (enrollmentId === null) return;
  await oweWake(tx, { enrollmentId, journeyKey, kind: 'wake', visit });
}
