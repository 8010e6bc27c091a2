import { IANAZone } from 'luxon';

/** The contact's time zone if it is a valid IANA name, else the default, else UTC. */
export function contactZone(timezone: unknown, fallback: string): string {
  const candidates = [timezone, fallback];
  return candidates.find((zone): zone is string => typeof zone === 'string' && IANAZone.isValidZone(zone)) ?? 'UTC';
}
