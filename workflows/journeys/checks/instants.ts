import { shownAt } from '../../domain/timing/wall-clock';
import type { JourneyDocument } from '../document';
import type { EntrySchedule } from '../graph';
import type { Lookups } from '../lookups';
import type { Complaint } from '../problem';

type Once = Extract<EntrySchedule, { once: string }>;

/** Entries at an instant that has gone by would never let anybody in. */
export function checkInstants({ entry }: JourneyDocument, { clock, defaultZone }: Lookups): Complaint[] {
  if (!clock) return [];
  return entry.flatMap((one, index) => {
    if (!('schedule' in one) || !('once' in one.schedule)) return [];
    const { schedule } = one;
    const { once, zone = defaultZone } = schedule;
    if (zone === undefined || clock.kept.some((kept) => isSame(kept, schedule))) return [];
    if (lastOf(once, zone) > clock.now) return [];
    const message = `${once} in ${zone} has gone by, so nobody would enter`;
    return [
      { path: ['entry', index, 'schedule', 'once'], message, hint: 'name an instant to come, or take the entry out' },
    ];
  });
}

function isSame(kept: EntrySchedule, it: Once): boolean {
  return 'once' in kept && kept.once === it.once && kept.zone === it.zone;
}

function lastOf(once: string, zone: string): number {
  return shownAt(once.slice(0, 10), once.slice(11), zone).last;
}
