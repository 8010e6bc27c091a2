import fc from 'fast-check';
import { compileJourney } from '../../../workflows/journeys/compile-journey';
import type { Graph } from '../../../workflows/journeys/graph';
import type { Json, JsonObject } from '../../../workflows/domain/json';
import type { CallAnswer } from '../../../workflows/domain/sending/settling';
import { emptyWorld, type SendRow, type World, type WorldSettings } from '../../../workflows/interpreter/virtual/world';
import { documentOf } from './documents';
import { Tape, tapes, type Data } from './tape';

/** A journey, somebody who enters it, and what is to happen meanwhile. */
export interface Trial {
  document: Data;
  graph: Graph;
  fields: Record<string, Json>;
  entry: JsonObject;
  settings: Partial<WorldSettings>;
  entersAt: number;
  events: Planned[];
  /** After how many events of its history a run continues as new. */
  historyEvents: number;
}

/** Something that happens this long after the entry; the other two say what. */
export interface Planned {
  minute: number;
  what: number;
  which: number;
}

export const ID = '00000000-0000-7000-8000-000000000001';

const eventGroups = { shopping: ['cart.updated', 'cart.emptied'] };

/** Documents that must compile: what is generated is what an author may write. */
export function compiled(document: Data): Graph {
  const result = compileJourney(document, { templates: null, topics: null, eventGroups });
  if (!result.ok) throw new Error(`a valid journey was refused: ${JSON.stringify(result.problems)}`);
  return result.graph;
}

const planned: fc.Arbitrary<Planned> = fc.record({
  // More often soon after the entry: many journeys are over in days.
  minute: fc.nat(1000).map((share) => 7 + Math.round(20 * 24 * 60 * (share / 1000) ** 2)),
  what: fc.nat(9999),
  which: fc.nat(9999),
});

export const trials: fc.Arbitrary<Trial> = fc
  .record({
    journey: tapes,
    person: fc.array(fc.nat(9999), { maxLength: 20 }),
    events: fc.array(planned, { maxLength: 12 }),
    historyEvents: fc.constantFrom(1000, 1, 12, 25, 60),
  })
  .map(({ journey, person, events, historyEvents }) => {
    const document = documentOf(new Tape(journey));
    return { document, graph: compiled(document), ...personOf(new Tape(person)), events, historyEvents };
  });

function personOf(tape: Tape): Pick<Trial, 'fields' | 'entry' | 'settings' | 'entersAt'> {
  const traits: JsonObject = tape.odds(70) ? { renewal: '2026-04-02' } : {};
  return {
    // The clocks of Europe change on 29 March, those of America on 8 March, those of Lord Howe on 5 April.
    entersAt: Date.parse(tape.one(['2026-03-24T10:07:13Z', '2026-03-05T21:13:13Z', '2026-03-27T05:33:13Z'])),
    fields: {
      ...(!tape.odds(8) && { email: 'persona@example.com' }),
      ...(tape.odds(80) && { phone: '+4915112345678' }),
      timezone: tape.one(['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'UTC']),
      industry: tape.one(['software', 'retail']),
      ...(tape.odds(50) && { owner: 'ada' }),
      ...(tape.odds(10) && { lifecycleStage: 'customer' }),
      traits,
    },
    entry: tape.odds(60) ? { source: 'webinar' } : {},
    settings: {
      frequencyCaps: tape.odds(40) ? [{ channel: 'email', max: 1 + tape.below(3), per: '1501 minutes' }] : [],
      minimumGap: tape.odds(20) ? '47 minutes' : null,
      quietHours: tape.odds(30) ? { from: '22:59', to: '06:41' } : null,
      unknownSends: tape.one(['proceed', 'hold']),
      reps: [{ key: 'ada', name: 'Ada', email: 'ada@example.com', phone: '+4915112345679', chat: 'room' }],
      teams: [{ key: 'sales', name: 'Sales', email: 'sales@example.com', chat: 'room' }],
      segments: { readers: { did: 'webinar.attended' } },
    },
  };
}

/** The world in which it happens, at the moment of the entry. */
export function worldOf({ graph, fields, entry, settings, entersAt }: Trial): World {
  const world = emptyWorld(entersAt, settings);
  world.graphs.set(ID, graph);
  world.contacts.push({ id: ID, fields: structuredClone(fields), lastTurn: 0n });
  world.enrollments.push({
    ...{ id: ID, journeyKey: graph.journey, versionId: ID, contactId: ID, status: 'active', attention: null },
    ...{ visit: 0, stepId: null, leaving: null, leavingCause: null, diverted: null, outcome: null, cause: null },
    ...{ mark: 0n, entry: structuredClone(entry), enteredAt: entersAt, endedAt: null, fastForwarded: false },
  });
  return world;
}

/** A provider that mostly says yes, and says the same to every host. */
export function provider(): (message: SendRow) => CallAnswer {
  const called = new Set<string>();
  return ({ id, template, visit, claimedAt }) => {
    const isFirst = !called.has(id);
    called.add(id);
    if (template === 'refused' && visit % 2 === 0) return { kind: 'rejected', why: 'no such mailbox' };
    if (template === 'refused' && visit % 3 === 0) return { kind: 'unknown', why: 'no answer came' };
    if (visit % 11 === 7 && isFirst)
      return { kind: 'retryable', at: (claimedAt ?? 0) + 40 * 60_000, why: 'come back later' };
    return { kind: 'accepted', providerMessageId: null };
  };
}
