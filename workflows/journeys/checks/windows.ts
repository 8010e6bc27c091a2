import { everOpens } from '../../domain/timing/opening';
import type { DailyHours, Window } from '../../domain/timing/window';
import type { JourneyDocument } from '../document';
import type { Lookups } from '../lookups';
import type { Placed } from '../outline';
import type { Complaint, Path } from '../problem';

/** Windows that lie in the quiet hours of the settings: a message would wait there for ever. */
export function checkWindows(document: JourneyDocument, placed: Placed[], { quietHours }: Lookups): Complaint[] {
  if (!quietHours) return [];
  return [
    ...checkWindow(document.window, ['window'], quietHours),
    ...placed.flatMap(({ step, path }) =>
      step.kind === 'email' || step.kind === 'message' ? checkWindow(step.window, [...path, 'window'], quietHours) : [],
    ),
  ];
}

function checkWindow(window: Window | 'any' | undefined, path: Path, quiet: DailyHours): Complaint[] {
  if (window === undefined || window === 'any' || everOpens(window, quiet)) return [];
  const hint = 'name hours outside of them, or change the quiet hours first';
  return [{ path, message: `the quiet hours, ${quiet.from} to ${quiet.to}, leave nothing of this window`, hint }];
}
