/** When messages may leave, in the contact's zone. Times of day are `hh:mm`; `to` before `from` goes past midnight. */
export interface Window {
  /** All days without it. */
  days?: readonly Weekday[];
  from: string;
  to: string;
}

export type Weekday = 'monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday';
