/** On what a message goes out. */
export const channels = ['email', 'sms', 'chat', 'in-app', 'webhook'] as const;
export type Channel = (typeof channels)[number];
export type MessageChannel = Exclude<Channel, 'email'>;

/** A step as far as sending is concerned: those of a graph fit. */
export type SendingStep =
  | { kind: 'email'; send?: 'at-once' }
  | { kind: 'message'; via: MessageChannel; to?: string; preset?: string; send?: 'at-once' }
  | { kind: 'notify'; via: readonly Channel[]; to: string };

/** Kinds of steps that have sends; all of a visit's end with it. */
const sending: readonly string[] = ['email', 'message', 'notify'] satisfies SendingStep['kind'][];

export function isSending(kind: string): boolean {
  return sending.includes(kind);
}

/** One send each. */
export function channelsOf(step: SendingStep): readonly Channel[] {
  switch (step.kind) {
    case 'email':
      return ['email'];
    case 'message':
      return [step.via];
    case 'notify':
      return step.via;
  }
}

/** Ledger key of one message: one per visit and channel, whoever asks. */
export function sendKeyOf(enrollmentId: string, visit: number, channel: Channel): string {
  return `${enrollmentId}/${visit}/${channel}`;
}

/** E.164, as providers want it. Nothing is guessed: which country a number without one belongs to is not known. */
export function isPhone(text: string): boolean {
  return /^\+[1-9]\d{6,14}$/.test(text);
}
