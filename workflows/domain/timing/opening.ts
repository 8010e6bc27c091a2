import { DateTime } from 'luxon';
import { weekdays } from './deadline';
import type { HolidayOn } from './holidays';
import { isRealDate, shownAt } from './wall-clock';
import type { DailyHours, Window } from './window';

/** When messages may leave: inside the window, outside the quiet hours, on no holiday. */
export interface SendingHours {
  window: Window | null;
  quiet: DailyHours | null;
  holidayOn: HolidayOn | null;
}

/** A time without interruption, in epoch milliseconds: `from` belongs to it, `to` does not. */
export interface Stretch {
  from: number;
  to: number;
}

/** Further ahead nothing is looked for: hours that leave no time in a year leave none. */
const DAYS_AHEAD = 370;
/** Longer than anything is spread over. */
const LONG_MS = 2 * 86_400_000;

/**
 * The first instant at or after `at` at which a message may leave; null if there is none within a year. A time of day
 * that the clock skips is moved on by what was skipped; one that it shows twice means the first, but quiet hours last
 * until the second.
 */
export function nextOpening(at: number, hours: SendingHours, zone: string): number | null {
  const stretch = openStretch(at, hours, zone);
  return stretch && Math.max(at, stretch.from);
}

/**
 * The stretch of open time that `at` lies in, else the next one; null if there is none within a year. One that began
 * days ago is open since ever, and of one that goes on for days the end is not looked for.
 */
export function openStretch(at: number, hours: SendingHours, zone: string): Stretch | null {
  if (hours.window === null && hours.quiet === null && hours.holidayOn === null)
    return { from: -Infinity, to: Infinity };
  for (const stretch of joined(piecesFrom(at, hours, zone), at + LONG_MS)) if (stretch.to > at) return stretch;
  return null;
}

/** Pieces that touch are one stretch; past `enough` nothing is joined any more. */
function* joined(pieces: Iterable<Stretch>, enough: number): Generator<Stretch> {
  let stretch: Stretch | undefined;
  for (const piece of pieces) {
    if (stretch && piece.from <= stretch.to) stretch.to = Math.max(stretch.to, piece.to);
    else {
      if (stretch) yield stretch;
      stretch = { ...piece };
    }
    if (stretch.to > Math.max(enough, stretch.from + LONG_MS)) break;
  }
  if (stretch) yield stretch;
}

/** Open pieces in order, from two days ago: what opened the day before may still be open. */
function* piecesFrom(at: number, hours: SendingHours, zone: string): Generator<Stretch> {
  const today = DateTime.fromMillis(at, { zone }).toISODate() ?? '';
  for (let ahead = -2; ahead <= DAYS_AHEAD; ahead += 1) {
    const date = dateAfter(today, ahead);
    for (const piece of openOn(date, hours, zone)) {
      const isOld = ahead === -2 && piece.from === midnight(date, zone);
      yield isOld ? { from: -Infinity, to: piece.to } : piece;
    }
  }
}

/** Whether there is any time at all in a week without holidays. */
export function everOpens(window: Window | null, quiet: DailyHours | null): boolean {
  return nextOpening(0, { window, quiet, holidayOn: null }, 'UTC') !== null;
}

/** Why messages do not leave at `at`; null where they may. */
export function closedBy(at: number, hours: SendingHours, zone: string): string | null {
  const open = (only: Partial<SendingHours>): boolean =>
    nextOpening(at, { window: null, quiet: null, holidayOn: null, ...only }, zone) === at;
  const { window, quiet, holidayOn } = hours;
  const holiday = holidayOn?.(DateTime.fromMillis(at, { zone }).toISODate() ?? '') ?? null;
  if (holiday !== null) return `holiday: ${holiday}`;
  if (quiet !== null && !open({ quiet })) return 'quiet hours';
  return window !== null && !open({ window }) ? 'window' : null;
}

/** The open pieces of one day, first to last. What passes midnight belongs to the day on which it opens. */
function openOn(date: string, { window, quiet, holidayOn }: SendingHours, zone: string): Stretch[] {
  const day = weekdays[weekdayOf(date) - 1];
  if (window?.days && !window.days.some((one) => one === day)) return [];
  if (!isRealDate(date, zone)) return [];
  const whole = window ? between(date, window, { zone, last: false }) : dayOf(date, zone);
  const around = [dateAfter(date, -1), date, dateAfter(date, 1)];
  const closed = [
    ...(quiet ? around.map((one) => between(one, quiet, { zone, last: true })) : []),
    ...(holidayOn ? around.filter((one) => holidayOn(one) !== null).map((one) => dayOf(one, zone)) : []),
  ];
  return closed.reduce<Stretch[]>((open, gap) => open.flatMap((piece) => without(piece, gap)), [whole]);
}

function without(piece: Stretch, gap: Stretch): Stretch[] {
  const before = { from: piece.from, to: Math.min(piece.to, gap.from) };
  const after = { from: Math.max(piece.from, gap.to), to: piece.to };
  return [before, after].filter(({ from, to }) => from < to);
}

function between(date: string, { from, to }: DailyHours, { zone, last }: { zone: string; last: boolean }): Stretch {
  const end = shownAt(to <= from ? dateAfter(date, 1) : date, to, zone);
  return { from: shownAt(date, from, zone).first, to: last ? end.last : end.first };
}

function dayOf(date: string, zone: string): Stretch {
  return { from: midnight(date, zone), to: midnight(dateAfter(date, 1), zone) };
}

function midnight(date: string, zone: string): number {
  return shownAt(date, '00:00', zone).first;
}

function dateAfter(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** 1 is Monday. */
function weekdayOf(date: string): number {
  return new Date(`${date}T00:00:00Z`).getUTCDay() || 7;
}
