/** What the global set-up tells the test files, which may run in other processes. */
const NAMES = {
  postgres: 'NURTURE_TEST_POSTGRES',
  template: 'NURTURE_TEST_TEMPLATE',
  temporal: 'NURTURE_TEST_TEMPORAL',
  temporalMetrics: 'NURTURE_TEST_TEMPORAL_METRICS',
} as const;

export type SettingName = keyof typeof NAMES;

export function announce(name: SettingName, value: string): void {
  process.env[NAMES[name]] = value;
}

/** Throws when the set-up did not start what the test needs. */
export function setting(name: SettingName): string {
  const value = process.env[NAMES[name]];
  if (!value) throw new Error(`the test set-up did not start ${name} for this file: see test/support/global-setup.ts`);
  return value;
}
