import type { PastOf } from '../../prisma/stores/pump/past';
import type { Segments } from '../../workflows/domain/conditions/condition';
import { needsOf, type Needs } from '../../workflows/domain/conditions/needs';
import { askOf, mergeAsks, testOfEntry, type PastAsk } from '../../workflows/domain/entries/past';
import { readRequest } from '../../workflows/domain/entries/request';
import { expandEvent, isBehaviour } from '../../workflows/domain/events';
import type { GraphEntry } from '../../workflows/journeys/graph';
import { mayTurn } from '../../workflows/domain/entries/watch';
import { mayScore } from '../../workflows/domain/scoring/may-score';
import type { PublishedJourney, Rules, TurnedEvent } from './fold/subject';

type Happening = Pick<TurnedEvent, 'origin' | 'type' | 'properties' | 'traits' | 'context'>;

/** What is to be known of a contact when one of their events may open a journey or turn a watch. */
export interface Interest {
  isIn: (event: Happening) => boolean;
  needs: Needs;
  /** A watch needs to know whether it holds already. */
  membership: boolean;
}

/** Everything that events may be of interest for, beside the visits and exits of open enrollments. */
export function interestsOf({ journeys, watches, segments, scoring }: Rules): Interest[] {
  return [
    ...journeys.flatMap((journey) => entryInterests(journey, segments)),
    ...watches.map(({ triggers, condition }) => ({
      isIn: (event: Happening) => mayTurn(triggers, event, mayScore(scoring, event)),
      needs: needsOf([condition], segments),
      membership: true,
    })),
  ];
}

/** `unless` matters to whatever opens the journey, counting to the entry that counts alone. */
function entryInterests({ key, graph }: PublishedJourney, segments: Segments): Interest[] {
  const unless = needsOf(graph.unless ? [graph.unless] : [], segments);
  const ways = graph.entries.map(wayIn);
  const opens: Interest = {
    isIn: (event) => ways.some((way) => way(event)) || readRequest(event)?.journey === key,
    needs: unless,
    membership: false,
  };
  return [...(isEmpty(unless) ? [] : [opens]), ...graph.entries.flatMap(counting)];
}

/** Whether an event may open this entry, however often it has come. */
function wayIn(entry: GraphEntry): (event: Happening) => boolean {
  if (entry.kind === 'segment') return ({ type }) => type === 'segment.entered';
  if (entry.kind !== 'event') return () => false;
  const behaviour = { types: expandEvent(entry), where: entry.where };
  return (event) => isBehaviour(behaviour, event);
}

function counting(entry: GraphEntry): Interest[] {
  if (entry.kind !== 'event' || entry.times === undefined) return [];
  const needs = { ...nothing, did: [testOfEntry(entry)] };
  return [{ isIn: wayIn(entry), needs, membership: false }];
}

const nothing = needsOf([]);

/** Fields and enrollments are read of every contact. */
function isEmpty({ did, score, mails, consent }: Needs): boolean {
  return did.length === 0 && !score && mails === 0 && !consent;
}

/** For whom what is to be read. */
export interface Wanted {
  past: PastOf[];
  score: string[];
  mails: { contactIds: string[]; count: number };
  optOuts: string[];
  members: string[];
}

/** What these contacts' events make of interest, set by set. */
export function wantedFor(
  interests: readonly Interest[],
  events: readonly (Happening & { contactId: string })[],
): Wanted {
  const met = new Map<string, Set<Interest>>();
  for (const event of events) {
    for (const interest of interests) {
      if (!interest.isIn(event)) continue;
      const own = met.get(event.contactId) ?? new Set();
      met.set(event.contactId, own.add(interest));
    }
  }
  const all = [...met].map(([contactId, own]) => ({ contactId, own: [...own] }));
  const asksFor = askedBy(interests);
  const whose = (of: (interest: Interest) => boolean) =>
    all.filter(({ own }) => own.some(of)).map(({ contactId }) => contactId);
  return {
    past: all.map(({ contactId, own }) => ({ contactId, asks: asksFor(own) })),
    score: whose(({ needs }) => needs.score),
    mails: {
      contactIds: whose(({ needs }) => needs.mails > 0),
      count: Math.max(0, ...interests.map(({ needs }) => needs.mails)),
    },
    optOuts: whose(({ needs }) => needs.consent),
    members: whose(({ membership }) => membership),
  };
}

/** What a set of interests asks about the past; few different sets come for many contacts. */
function askedBy(interests: readonly Interest[]): (own: readonly Interest[]) => PastAsk[] {
  const places = new Map(interests.map((interest, i) => [interest, i]));
  const known = new Map<string, PastAsk[]>();
  return (own) => {
    const key = own.map((interest) => places.get(interest)).join();
    const asks = known.get(key) ?? mergeAsks(own.flatMap(({ needs }) => needs.did.map(askOf)));
    known.set(key, asks);
    return asks;
  };
}
