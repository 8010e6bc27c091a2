/** What a document means that does not say otherwise. */
export const defaults = {
  tiers: { low: 1, medium: 26, high: 71, slack: 0, dwell: '24 hours' },
  dwell: '24 hours',
  grid: { fit: [25, 15, 1], engagement: [50, 25, 1] },
  ready: { fit: 15, human: '14 days' },
  /** What somebody does, not a machine in their place: opens are left out, as mail programs make them too. */
  behaviours: ['behaviour'],
  heard: ['behaviour', 'email.opened'],
} as const;
