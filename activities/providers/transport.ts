import type { CallAnswer } from '../../workflows/domain/sending/settling';
import type { StoredMessage } from '../../prisma/stores/effects/send/begin';

/** One message as it was stored; `to` is a mailbox, a phone, the key of an endpoint or a contact's id. */
export interface OutgoingMessage extends StoredMessage {
  sendId: string;
}

/** A way out on one channel. */
export interface MessageTransport {
  /** Where this one refuses us, everything that goes by it waits: circuits are kept by name. */
  name: string;
  /** A second call with the same send id has no effect. */
  idempotent: boolean;
  /** Where only some addresses may be reached: whether this one may. */
  mayMail?: (address: string) => boolean;
  /** Never throws; `why` carries neither keys nor addresses nor bodies. */
  send(message: OutgoingMessage): Promise<CallAnswer>;
}
