import { DateTime } from 'luxon';

/** The instants at which the clocks of a zone show a time, in epoch milliseconds. */
export interface Shown {
  /** Where they skip the time, moved on by what they skip. */
  first: number;
  /** Another one than `first` where they show it twice. */
  last: number;
  /** The day that it is then: another one where the zone never had this one. */
  date: string;
}

/** Zones and days of everybody who waits are few, and each costs a formatter's work. */
const KEPT = 20_000;
const known = new Map<string, Shown>();

/** When it is `clock` (`hh:mm`) on a `date` (ISO) in a zone. */
export function shownAt(date: string, clock: string, zone: string): Shown {
  const key = `${date} ${clock} ${zone}`;
  const before = known.get(key);
  if (before) return before;
  const time = DateTime.fromISO(`${date}T${clock}`, { zone });
  const instants = time.getPossibleOffsets().map((possible) => possible.toMillis());
  const shown = { first: Math.min(...instants), last: Math.max(...instants), date: time.toISODate() ?? date };
  if (known.size >= KEPT) known.clear();
  known.set(key, shown);
  return shown;
}

/** Samoa had no 30 December 2011. */
export function isRealDate(date: string, zone: string): boolean {
  return shownAt(date, '12:00', zone).date === date;
}
