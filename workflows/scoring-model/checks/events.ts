import { checkEventName } from '../../journeys/checks/names';
import type { Lookups } from '../../journeys/lookups';
import type { Complaint, Path } from '../../journeys/problem';
import type { ScoreModelDocument } from '../document';

/** Events that never come: of reserved names that nobody makes, or that come in under another name. */
export function checkEvents(
  document: ScoreModelDocument,
  { eventNames = {} }: Pick<Lookups, 'eventNames'>,
): Complaint[] {
  const { engagement, resets, silence, ready } = document;
  const named = [
    ...engagement.map(({ on }, index) => ({ events: on, path: ['engagement', index, 'on'] })),
    ...resets.map(({ on }, index) => ({ events: on, path: ['resets', index, 'on'] })),
    ...resets.map(({ until = [] }, index) => ({ events: until, path: ['resets', index, 'until'] })),
    { events: silence?.unless ?? [], path: ['silence', 'unless'] },
    { events: ready.on, path: ['ready', 'on'] },
  ];
  return named.flatMap(({ events, path }) =>
    placed(events, path).flatMap(({ event, at }) => {
      return checkEventName(event, { path: at, eventNames });
    }),
  );
}

function placed(events: string | readonly string[], path: Path): { event: string; at: Path }[] {
  if (typeof events === 'string') return [{ event: events, at: path }];
  return events.map((event, index) => ({ event, at: [...path, index] }));
}
