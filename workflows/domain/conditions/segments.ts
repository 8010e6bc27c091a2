import type { Condition } from './condition';

/** Segments that every installation has. */
export const builtInSegments: Readonly<Record<string, Condition>> = {
  customers: { field: 'lifecycleStage', is: 'customer' },
  'open-opportunities': { field: 'lifecycleStage', is: 'opportunity' },
  'target-accounts': { field: 'targetAccount', is: true },
};
