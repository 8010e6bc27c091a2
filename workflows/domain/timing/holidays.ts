import { countryCode } from './country';
import { holidaysPackage, type Holidays } from './packages';

/** On which days nobody is written to. */
export interface HolidaySettings {
  /** ISO codes of countries whose public holidays count; `contact` stands for the contact's own. */
  countries: readonly string[];
  /** Days besides: `2026-12-24`, or `12-24` for every year. */
  dates: readonly string[];
}

/** The name of the holiday on an ISO date, null on other days. */
export type HolidayOn = (date: string) => string | null;

/** What holds for one contact, by the country as they gave it; null where no day is a holiday. */
export function holidaysFor(settings: HolidaySettings | null, country: unknown): HolidayOn | null {
  if (settings === null || (settings.countries.length === 0 && settings.dates.length === 0)) return null;
  const codes = settings.countries.flatMap((code) => (code === 'contact' ? (countryCode(country) ?? []) : code));
  return (date) => fixed(settings.dates, date) ?? firstOf(codes, date);
}

function fixed(dates: readonly string[], date: string): string | null {
  return dates.find((one) => one === date || one === date.slice(5)) ?? null;
}

function firstOf(codes: readonly string[], date: string): string | null {
  for (const code of codes) {
    const name = publicHolidays(code, Number(date.slice(0, 4))).get(date);
    if (name !== undefined) return `${name} (${code})`;
  }
  return null;
}

/** Countries times years; a year is worked out in 5 to 40 ms, and kept. */
const KEPT = 2000;
const known = new Map<string, ReadonlyMap<string, string>>();
let loaded: Holidays | null = null;

function publicHolidays(code: string, year: number): ReadonlyMap<string, string> {
  const key = `${code} ${year}`;
  const before = known.get(key);
  if (before) return before;
  const days = workOut(code, year);
  if (known.size >= KEPT) known.clear();
  known.set(key, days);
  return days;
}

/** Whole days only: one that is on at ten in the morning. Some begin the evening before, others at noon. */
function workOut(code: string, year: number): ReadonlyMap<string, string> {
  loaded ??= holidaysPackage();
  const options = { types: ['public'], timezone: 'UTC', languages: ['en'] };
  const days = new Map<string, string>();
  const calendar = new loaded(code, options);
  // The last days of a year may be part of a holiday that is counted to the next.
  for (const { name, start, end } of [year - 1, year, year + 1].flatMap((one) => calendar.getHolidays(one))) {
    for (let ten = tenOf(start); ten < end.getTime(); ten += DAY_MS) {
      const date = new Date(ten).toISOString().slice(0, 10);
      if (ten >= start.getTime() && !days.has(date)) days.set(date, name);
    }
  }
  return days;
}

const DAY_MS = 86_400_000;

function tenOf(start: Date): number {
  return Date.parse(`${start.toISOString().slice(0, 10)}T10:00:00Z`);
}
