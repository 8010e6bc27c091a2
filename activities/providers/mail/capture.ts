import type { DbOrTx } from '../../../prisma/client';
import { capture } from '../../../prisma/stores/outbox';
import { headerFault } from './headers';
import type { MailTransport } from './transport';

/** Keeps mail in the outbox instead of sending it: what runs before a provider is set up, and in tests. */
export function captureTransport(db: DbOrTx, now: () => number = Date.now): MailTransport {
  return {
    name: 'capture',
    idempotent: true,
    async send({ sendId, to, subject, html, text, from, replyTo, headers }) {
      const fault = headerFault(headers);
      if (fault) return { kind: 'rejected', why: fault };
      const all = {
        From: `${from.name} <${from.email}>`,
        ...(replyTo !== undefined && { 'Reply-To': replyTo }),
        ...headers,
      };
      try {
        await capture(db, { sendId, channel: 'email', to, subject, html, text, headers: all, payload: null });
        return { kind: 'accepted', providerMessageId: `capture-${sendId}` };
      } catch {
        // Unique by send id, so a repeat is safe whether or not the row was written.
        return { kind: 'retryable', at: now() + 1_000, why: 'the outbox is away' };
      }
    },
  };
}
