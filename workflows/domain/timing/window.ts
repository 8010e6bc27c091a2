/** From a time of day to another, `hh:mm`; `to` at or before `from` is on the next day. */
export interface DailyHours {
  from: string;
  to: string;
}

/** When messages may leave, in the contact's zone. One past midnight belongs to the day on which it opens. */
export interface Window extends DailyHours {
  /** All days without it. */
  days?: readonly Weekday[];
}

export type Weekday = 'monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday';

/** "mon, tue 09:00–17:00", for decisions. */
export function describeWindow({ days, from, to }: Window): string {
  return `${days ? `${days.map((day) => day.slice(0, 3)).join(', ')} ` : ''}${from}–${to}`;
}
