import { meets } from '../conditions/evaluate';
import { contactZone } from '../timing/zone';
import { factsAt, type Known, type Moment } from './known';
import type { Watch } from './watch';

/** A contact who is seen in another way though nothing has happened: counted by another model, or read anew. */
export interface SeenAnew {
  before: Known;
  now: Known;
  /** Keys of the watches that hold for them. */
  member: ReadonlySet<string>;
}

export type SilentMoment = Omit<Moment, 'zone'> & {
  /** Where a contact has no time zone of its own. */
  defaultZone: string;
};

/**
 * Watches that seeing them anew alone turns. What something else has turned and nobody has told of yet is none of them:
 * that is told as ever.
 */
export function turnedSilently(
  watches: readonly Watch[],
  { before, now, member }: SeenAnew,
  { defaultZone, ...moment }: SilentMoment,
): { key: string; holds: boolean }[] {
  const seen = (known: Known) => factsAt(known, { ...moment, zone: contactZone(known.contact, defaultZone) });
  const [was, is] = [seen(before), seen(now)];
  return watches.flatMap(({ key, condition, journey }) => {
    const asking = { condition, journeyKey: journey };
    const holds = meets(condition, is(asking));
    return holds === meets(condition, was(asking)) || holds === member.has(key) ? [] : [{ key, holds }];
  });
}
