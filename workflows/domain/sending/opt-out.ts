/** Why an address must not be written to. Of several reasons the one stays that is hardest to lift: the highest. */
export const gravity = { unsubscribed: 1, bounced: 2, complained: 3 } as const;
export type OptOutReason = keyof typeof gravity;

/** 0 for a reason that is none of ours. */
export function gravityOf(reason: string): number {
  const known: Readonly<Record<string, number>> = gravity;
  return known[reason] ?? 0;
}
