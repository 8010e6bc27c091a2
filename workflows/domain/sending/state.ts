/** States of a send; the order is the lattice: they only rise. */
export const sendStates = [
  'deferred',
  'claimed',
  'retryable',
  'sending',
  'unknown',
  'suppressed',
  'accepted',
  'delivered',
  'bounced',
  'rejected',
] as const;
export type SendState = (typeof sendStates)[number];

/** States in which the message has been, or may have been, delivered. */
export const mayHaveGoneOut: readonly SendState[] = ['unknown', 'accepted', 'delivered', 'bounced'];

/** States that count under frequency caps. */
export const countedUnderCaps: readonly SendState[] = [
  'claimed',
  'sending',
  'unknown',
  'accepted',
  'delivered',
  'bounced',
];

/** Whether a provider's word `to` may replace `from`. Bounced and rejected are final. */
export function rises(from: SendState, to: SendState): boolean {
  if (from === 'bounced' || from === 'rejected') return false;
  return sendStates.indexOf(to) > sendStates.indexOf(from);
}
