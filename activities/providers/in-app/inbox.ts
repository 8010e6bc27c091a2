import type { DbOrTx } from '../../../prisma/client';
import { putInInbox } from '../../../prisma/stores/in-app';
import type { MessageTransport } from '../transport';

/** The in-app inbox is our own table, unique by send id. */
export function inAppTransport(db: DbOrTx, now: () => number = Date.now): MessageTransport {
  return {
    name: 'in-app',
    idempotent: true,
    async send({ sendId, payload }) {
      try {
        await putInInbox(db, sendId, payload);
        return { kind: 'accepted', providerMessageId: null };
      } catch {
        return { kind: 'retryable', at: now() + 1_000, why: 'the inbox is away' };
      }
    },
  };
}
