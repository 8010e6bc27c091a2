import { DateTime } from 'luxon';

/** "Mon 23 Nov 2026 10:00", as the clock in the zone shows it. */
export function localTime(at: number, zone: string): string {
  return DateTime.fromMillis(at, { zone }).setLocale('en').toFormat('ccc d LLL yyyy HH:mm');
}

/** `{ date: '2026-11-23', clock: '10:00' }` in the zone. */
export function localParts(at: number, zone: string): { date: string; clock: string } {
  const time = DateTime.fromMillis(at, { zone });
  return { date: time.toFormat('yyyy-MM-dd'), clock: time.toFormat('HH:mm') };
}
