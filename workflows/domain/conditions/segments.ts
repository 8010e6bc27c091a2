import type { Condition, Segments } from './condition';

/** Segments that every installation has. */
export const builtInSegments: Readonly<Record<string, Condition>> = {
  customers: { field: 'lifecycleStage', is: 'customer' },
  'open-opportunities': { field: 'lifecycleStage', is: 'opportunity' },
  'target-accounts': { field: 'targetAccount', is: true },
};

/** `open-opportunities` are called "Open opportunities". */
export function nameOfBuiltIn(key: string): string {
  return key.charAt(0).toUpperCase() + key.slice(1).replaceAll('-', ' ');
}

/** What a segment stands for: a built-in one, or one of the saved ones. */
export function segmentCondition(key: string, saved: Segments): Condition | undefined {
  if (Object.hasOwn(builtInSegments, key)) return builtInSegments[key];
  return Object.hasOwn(saved, key) ? saved[key] : undefined;
}
