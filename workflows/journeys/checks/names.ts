import { contactFields } from '../../domain/contact-fields';
import { events, isReserved } from '../../domain/events';
import type { JourneyDocument } from '../document';
import type { Lookups } from '../lookups';
import type { Placed } from '../outline';
import { type Complaint, didYouMean, type Path } from '../problem';
import { behavioursIn } from './behaviours';
import { conditionsIn } from './condition-parts';

/** Events and fields that do not exist: what is misspelled would never happen. */
export function checkNames(document: JourneyDocument, placed: Placed[], { eventNames = {} }: Lookups): Complaint[] {
  const checkEvent = (event: string, path: Path) => checkEventName(event, { path, eventNames });
  return [
    ...document.entry.flatMap((one, index) => ('event' in one ? checkEvent(one.event, ['entry', index, 'event']) : [])),
    ...document.exits.flatMap(({ event }, index) => checkEvent(event, ['exits', index, 'event'])),
    ...behavioursIn(document, placed).flatMap(({ event, path, key }) => checkEvent(event, [...path, key])),
    ...placed.flatMap(({ step, path }) => {
      if (step.kind !== 'wait' || step.until === undefined || !('field' in step.until)) return [];
      return checkField(step.until.field, [...path, 'until', 'field']);
    }),
    ...conditionsIn(document, placed).flatMap(({ condition, path }) =>
      'field' in condition ? checkField(condition.field, [...path, 'field']) : [],
    ),
  ];
}

/** An event that never comes: nobody makes it, or it comes in under another name. */
export function checkEventName(
  event: string,
  { path, eventNames }: { path: Path } & Required<Pick<Lookups, 'eventNames'>>,
): Complaint[] {
  const comesAs = Object.hasOwn(eventNames, event) ? eventNames[event] : undefined;
  if (comesAs !== undefined && comesAs !== event) {
    const hint = `name \`${comesAs}\``;
    return [{ path, message: `\`${event}\` comes in as \`${comesAs}\`, as the settings say`, hint }];
  }
  if (!isReserved(event) || Object.hasOwn(events, event)) return [];
  const near = didYouMean(event, Object.keys(events)) ?? 'docs/events.md lists them';
  return [{ path, message: `Nurture makes no event \`${event}\``, hint: near }];
}

/** A field that no contact has. */
export function checkField(field: string, path: Path): Complaint[] {
  if (field.startsWith('traits.') || contactFields.some((known) => known === field)) return [];
  const hint = didYouMean(field, contactFields) ?? `a custom field is \`traits.${field}\``;
  return [{ path, message: `a contact has no field \`${field}\``, hint }];
}
