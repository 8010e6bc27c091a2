import { abandonSend, allowResend } from '../prisma/stores/send-views';
import type { HandlerDeps } from './deps';
import { notFound, Problem } from './http/problems';

/**
 * Sends a message of unknown fate once more, by its workflow: only where its journey still stands at its step.
 * @throws Problem not-found, not-allowed-now, temporal-away
 */
export async function resendUnknown(id: string, { db, control }: HandlerDeps): Promise<void> {
  const resending = await allowResend(db, id);
  if (resending.kind === 'missing') throw notFound('send');
  if (resending.kind === 'not-unknown') throw notUnknown();
  if (resending.kind === 'gone-on') {
    throw new Problem('not-allowed-now', 'Its journey has gone on: what came after would arrive before it.');
  }
  await control.retry(resending.workflowId);
}

/**
 * Counts a message of unknown fate as not sent. Announce the wake-up that it owes.
 * @throws Problem not-found, not-allowed-now
 */
export async function abandonUnknown(id: string, { db }: HandlerDeps): Promise<void> {
  const done = await abandonSend(db, id);
  if (done === 'missing') throw notFound('send');
  if (done === 'not-unknown') throw notUnknown();
}

function notUnknown(): Problem {
  return new Problem('not-allowed-now', 'Only a message of state unknown.');
}
