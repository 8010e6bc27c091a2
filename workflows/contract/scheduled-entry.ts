export const SCHEDULED_ENTRY = 'scheduledEntry';

/** Which entry of which journey an instant is for. */
export interface ScheduledEntry {
  journey: string;
  /** Its place among the journey's entries. */
  index: number;
}

export interface ScheduledEntryActivities {
  /**
   * Opens the job of one firing, once for each instant. Answers its id; null where the journey does not take people in
   * now, or not by this entry.
   */
  openScheduledEntry(firing: ScheduledEntry & { due: string }): Promise<string | null>;
}

/** The id of an entry's Schedule. */
export function entryScheduleId({ journey, index }: ScheduledEntry): string {
  return `${ENTRY_SCHEDULES}${journey}/${index}`;
}

/** All Schedules that are ours begin with it. */
export const ENTRY_SCHEDULES = 'entry/';
