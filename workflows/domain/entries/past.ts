import type { DidTest, Where } from '../conditions/condition';
import { expandEvent, isBehaviour } from '../events';
import type { JsonObject } from '../json';
import { reachMs, sinceInstant } from '../timing/duration';

/** Something that a contact did, or that happened to them. */
export interface PastEvent {
  seq: bigint;
  type: string;
  properties: JsonObject;
  /** Epoch milliseconds. */
  receivedAt: number;
  /** The message it is about. */
  about: { journeyKey: string; stepId: string } | null;
}

/** Which of a contact's past events to fetch so that a test can be counted. */
export interface PastAsk {
  types: readonly string[];
  /** Only those of this last period; null for all. */
  within: string | null;
  /** The newest so many: enough to tell whether it was often enough. */
  limit: number;
  /** Without machine-made opens and clicks. */
  byPeople: boolean;
}

/** How far back tests look that events must be read for one by one. */
const LONGEST_PAST = 1000;

export function askOf(test: Pick<DidTest, 'did' | 'types' | 'of' | 'where' | 'within' | 'times'>): PastAsk {
  const filtered = test.of !== undefined || Object.keys(test.where ?? {}).length > 0;
  return {
    types: expandEvent(test),
    within: test.within ?? null,
    limit: filtered ? LONGEST_PAST : (test.times ?? 1),
    byPeople: !Object.hasOwn(test.where ?? {}, 'machine'),
  };
}

/** Of asks about the same events, only those that no other answers, by looking back as far and asking for as many. */
export function mergeAsks(asks: readonly PastAsk[]): PastAsk[] {
  const kept: PastAsk[] = [];
  for (const ask of asks) {
    if (kept.some((other) => answers(other, ask))) continue;
    kept.splice(0, Infinity, ...kept.filter((other) => !answers(ask, other)), ask);
  }
  return kept;
}

function answers(wide: PastAsk, narrow: PastAsk): boolean {
  return (
    wide.limit >= narrow.limit &&
    reachOf(wide) >= reachOf(narrow) &&
    wide.byPeople === narrow.byPeople &&
    wide.types.length === narrow.types.length &&
    wide.types.every((type, i) => type === narrow.types[i])
  );
}

function reachOf({ within }: PastAsk): number {
  return within === null ? Infinity : reachMs(within);
}

export interface Counting {
  /** Whose messages `of` is about; null where there is no journey. */
  journeyKey: string | null;
  at: number;
  zone: string;
}

/** How often, up to the number that `askOf` fetches. */
export function timesDone(past: readonly PastEvent[], test: DidTest, { journeyKey, at, zone }: Counting): number {
  const steps = test.of === undefined ? null : [test.of].flat();
  return behaviours(past, test, { at, zone }).filter(({ about }) => {
    if (steps === null) return true;
    if (about === null || about.journeyKey !== journeyKey) return false;
    return steps.includes('journey') || steps.includes(about.stepId);
  }).length;
}

/** What lets people in by an event, or by the n-th one within a period. */
export interface EventEntry {
  event: string;
  /** What a group of the settings stood for. */
  types?: string[];
  where?: Where;
  times?: number;
  within?: string;
}

/** An entry's event as a test of how often. */
export function testOfEntry({ event, ...rest }: EventEntry): DidTest {
  const { types, where, times, within } = rest;
  return {
    did: event,
    ...(types && { types }),
    ...(where && { where }),
    ...(times !== undefined && { times }),
    ...(within !== undefined && { within }),
  };
}

/** Whether this event opens an entry: with `times`, if it has now come that often, this one included. */
export function opensBy(
  entry: EventEntry,
  event: Pick<PastEvent, 'type' | 'properties'>,
  { past, ...now }: { past: readonly PastEvent[]; at: number; zone: string },
): boolean {
  if (!mayOpen(entry, event)) return false;
  const { times = 1 } = entry;
  return times <= 1 || behaviours(past, testOfEntry(entry), now).length >= times;
}

/** Whether it is what the entry is about, however often it has come. */
export function mayOpen(entry: EventEntry, event: Pick<PastEvent, 'type' | 'properties'>): boolean {
  return isBehaviour({ types: entry.types ?? expandEvent(entry), where: entry.where }, event);
}

function behaviours(
  past: readonly PastEvent[],
  test: DidTest,
  { at, zone }: { at: number; zone: string },
): PastEvent[] {
  const from = test.within === undefined ? -Infinity : sinceInstant(test.within, at, zone);
  const behaviour = { types: expandEvent(test), where: test.where };
  return past.filter((one) => one.receivedAt >= from && isBehaviour(behaviour, one));
}
