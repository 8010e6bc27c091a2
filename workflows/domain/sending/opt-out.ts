/** Why an address must not be written to. Of several reasons the one stays that is hardest to lift: the highest. */
export const gravity = { unsubscribed: 1, bounced: 2, complained: 3 } as const;
export type OptOutReason = keyof typeof gravity;

/** 0 for a reason that is none of ours. */
export function gravityOf(reason: string): number {
  const known: Readonly<Record<string, number>> = gravity;
  return known[reason] ?? 0;
}

/** What a person said themselves; it holds for all their addresses. A bounce is about one. */
export const ownWords: readonly string[] = ['unsubscribed', 'complained'] satisfies OptOutReason[];

/** Stands where otherwise an address does: what bars this contact, at whatever address, now and later. */
export function personKey(contactId: string): string {
  return `person:${contactId}`;
}
