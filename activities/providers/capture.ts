import type { DbOrTx } from '../../prisma/client';
import { capture } from '../../prisma/stores/outbox';
import type { MessageTransport } from './transport';

/** Keeps messages of any channel but mail in the outbox instead of sending them: while no provider is set up, and in tests. */
export function captureMessages(db: DbOrTx, now: () => number = Date.now): MessageTransport {
  return {
    name: 'capture',
    idempotent: true,
    async send({ sendId, channel, to, subject, html, text, headers, payload }) {
      try {
        await capture(db, { sendId, channel, to, subject, html, text, headers, payload });
        return { kind: 'accepted', providerMessageId: `capture-${sendId}` };
      } catch {
        // Unique by send id, so a repeat is safe whether or not the row was written.
        return { kind: 'retryable', at: now() + 1_000, why: 'the outbox is away' };
      }
    },
  };
}
