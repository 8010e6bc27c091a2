/** One mail to one person. `to` is normalised; `headers` are those the transport cannot make itself. */
export interface MailMessage {
  sendId: string;
  from: { email: string; name: string };
  to: string;
  replyTo?: string;
  subject: string;
  html: string;
  text: string;
  headers: Record<string, string>;
}

/** What is known after a call. `why` is shown to people: it carries neither keys nor addresses nor bodies. */
export type MailAnswer =
  | { kind: 'accepted'; providerMessageId: string | null }
  /** It certainly did not leave: call again at `at`, epoch milliseconds. */
  | { kind: 'retryable'; at: number; why: string }
  /** It will never be taken. */
  | { kind: 'rejected'; why: string }
  /** It may or may not have left. */
  | { kind: 'unknown'; why: string }
  /** The provider refuses us, whatever the mail: stop calling it. */
  | { kind: 'circuit'; why: string };

export interface MailTransport {
  name: string;
  /** A second call with the same send id has no effect. */
  idempotent: boolean;
  /** Where only some addresses may be mailed: whether this one may. */
  mayMail?: (address: string) => boolean;
  /** Never throws. */
  send(message: MailMessage): Promise<MailAnswer>;
}
