import type { Condition } from '../../workflows/domain/conditions/condition';
import type { RefusalCode } from '../../workflows/domain/entry';
import { ruleChances, type Chance, type RuledChance } from '../../workflows/domain/entries/preview';
import { opensBy, type PastEvent } from '../../workflows/domain/entries/past';
import { expandEvent } from '../../workflows/domain/events';
import type { JsonObject } from '../../workflows/domain/json';
import { reachMs } from '../../workflows/domain/timing/duration';
import { contactZone } from '../../workflows/domain/timing/zone';
import type { Graph, GraphEntry } from '../../workflows/journeys/graph';
import type { DbOrTx } from '../client';
import { readEntryRules, ruleFor, type EntryRules } from './enroll';
import { readKnown, type KnownContact } from './known';
import { readPast } from './pump/past';
import { findingOf, findPage, type Finding } from './segment-people';

/** Who is looked at, and by what they would enter. */
export type PreviewOf =
  | { kind: 'contacts'; contactIds: readonly string[]; properties: JsonObject }
  | { kind: 'who'; condition: Condition; properties: JsonObject }
  /** By the events of the last days, as if the version had been published then. */
  | { kind: 'events'; days: number };

export interface PreviewRequest {
  graph: Graph;
  of: PreviewOf;
  at: Date;
  /** Outcomes to show at most. */
  sample: number;
  withinMs: number;
}

export interface PreviewOutcome {
  contactId: string;
  enters: boolean;
  entryKey: string | null;
  code: RefusalCode | null;
  reason: string | null;
  event: { id: string; type: string; at: Date } | null;
}

export interface Preview {
  /** Contacts that had a chance. */
  looked: number;
  /** Of them, those who would enter, at least once. */
  wouldEnter: number;
  /** Runs that would begin: more where somebody may be inside more than once. */
  runs: number;
  /** Contacts who would not, by the reason that they were refused for first. */
  refused: Partial<Record<RefusalCode, number>>;
  /** False where the time was over before everybody had been looked at. */
  complete: boolean;
  sample: PreviewOutcome[];
}

/** Says who would enter a version of a journey, by the same rules as the pump, and writes nothing. */
export async function previewEntries(db: DbOrTx, request: PreviewRequest): Promise<Preview> {
  const rules = await readEntryRules(db, request.graph);
  const preview: Preview = { looked: 0, wouldEnter: 0, runs: 0, refused: {}, complete: true, sample: [] };
  const until = performance.now() + request.withinMs;
  for await (const contactIds of pages(db, request)) {
    const known = await readKnown(db, contactIds, { needs: rules.needs, at: startOf(request) });
    const chances = await chancesOf(db, known, { request, rules });
    for (const contact of known.filter(({ erased }) => !erased)) {
      note(preview, contact.id, { ruled: rule(contact, chances(contact), { request, rules }), most: request.sample });
    }
    if (performance.now() > until) return { ...preview, complete: false };
  }
  return preview;
}

/** How far back the conditions look: from the first event on. */
function startOf({ of, at }: PreviewRequest): number {
  return at.getTime() - (of.kind === 'events' ? of.days * 86_400_000 : 0);
}

const PAGE = 500;

async function* pages(db: DbOrTx, { of, graph, at }: PreviewRequest): AsyncGenerator<readonly string[]> {
  if (of.kind === 'contacts') {
    for (let i = 0; i < of.contactIds.length; i += PAGE) yield of.contactIds.slice(i, i + PAGE);
    return;
  }
  const condition = of.kind === 'who' ? of.condition : happened(graph, of.days);
  const finding: Finding = await findingOf(db, condition, { at });
  for (let after: string | null = null; ;) {
    const page = await findPage(db, finding, { after, size: PAGE });
    yield page.ids;
    after = page.next;
    if (after === null) return;
  }
}

type EventEntry = Extract<GraphEntry, { kind: 'event' }>;

function eventEntries({ entries }: Graph): EventEntry[] {
  return entries.flatMap((entry) => (entry.kind === 'event' ? [entry] : []));
}

/** That one of the events that open the journey came in these days. */
function happened(graph: Graph, days: number): Condition {
  return {
    any: eventEntries(graph).map((entry) => ({ did: entry.event, types: expandEvent(entry), within: `${days} days` })),
  };
}

interface Previewing {
  request: PreviewRequest;
  rules: EntryRules;
}

async function chancesOf(
  db: DbOrTx,
  known: readonly KnownContact[],
  { request, rules }: Previewing,
): Promise<(contact: KnownContact) => Chance[]> {
  const { of, at, graph } = request;
  if (of.kind !== 'events') return () => [{ event: null, properties: of.properties, at: at.getTime() }];
  const past = await eventsOf(db, known, { request, rules });
  return ({ id, contact }) => {
    const own = past.get(id) ?? [];
    const zone = contactZone(contact, rules.defaultZone);
    const from = startOf(request);
    return own.flatMap((event, i) => {
      const { seq, type, properties, receivedAt } = event;
      const now = { past: own.slice(0, i + 1), at: receivedAt, zone };
      const opens = receivedAt >= from && eventEntries(graph).some((entry) => opensBy(entry, event, now));
      return opens ? [{ event: { seq, type }, properties, at: receivedAt }] : [];
    });
  };
}

/** Events of one contact that are looked at: the newest so many. */
const EVENTS = 1_000;

/** The events that can open it, first to last, from as far back as entries count them. */
async function eventsOf(
  db: DbOrTx,
  known: readonly KnownContact[],
  { request }: Previewing,
): Promise<Map<string, PastEvent[]>> {
  const entries = eventEntries(request.graph);
  const longest = Math.max(0, ...entries.map(({ within }) => (within === undefined ? 0 : reachMs(within))));
  const days = Math.ceil((request.at.getTime() - startOf(request) + longest) / 86_400_000) + 1;
  const types = [...new Set(entries.flatMap(expandEvent))];
  const ask = { types, within: `${days} days`, limit: EVENTS, byPeople: false };
  const wanted = known.map(({ id: contactId }) => ({ contactId, asks: [ask] }));
  const found = new Map<string, PastEvent[]>();
  for (const row of await readPast(db, wanted, request.at.getTime())) {
    const { contactId, seq, type, properties, receivedAt } = row;
    const own = found.get(contactId) ?? [];
    found.set(contactId, [...own, { seq, type, properties, receivedAt: receivedAt.getTime(), about: null }]);
  }
  return found;
}

function rule(contact: KnownContact, chances: readonly Chance[], { request, rules }: Previewing): RuledChance[] {
  const { journey } = request.graph;
  // Who entered since then did so by what is asked about again here.
  const from = request.of.kind === 'events' ? startOf(request) : Infinity;
  const earlier = contact.enrollments.filter((run) => run.journeyKey === journey && run.enteredAt < from);
  return ruleChances(chances, earlier, ({ properties, at }, runs) => {
    const past = contact.past.filter(({ receivedAt }) => receivedAt <= at);
    const own = runs.map((run) => ({ ...run, journeyKey: journey, leaving: null, enteredAt: at }));
    const others = contact.enrollments.filter(({ journeyKey }) => journeyKey !== journey);
    return ruleFor({ ...contact, past, enrollments: [...others, ...own] }, rules, { properties, entryKey: null, at });
  });
}

function note(preview: Preview, contactId: string, { ruled, most }: { ruled: RuledChance[]; most: number }): void {
  const [first] = ruled;
  if (!first) return;
  preview.looked += 1;
  const entering = ruled.filter(({ ruling }) => ruling.enter);
  preview.runs += entering.length;
  if (entering.length > 0) preview.wouldEnter += 1;
  else if (!first.ruling.enter) preview.refused[first.ruling.code] = (preview.refused[first.ruling.code] ?? 0) + 1;
  if (preview.sample.length < most) preview.sample.push(outcomeOf(contactId, entering[0] ?? first));
}

function outcomeOf(contactId: string, { event, at, ruling }: RuledChance): PreviewOutcome {
  return {
    contactId,
    enters: ruling.enter,
    entryKey: ruling.enter ? ruling.entryKey : null,
    code: ruling.enter ? null : ruling.code,
    reason: ruling.enter ? null : ruling.reason,
    event: event && { id: String(event.seq), type: event.type, at: new Date(at) },
  };
}

/** What is previewed where nobody says it: by events if there are such entries, else by the conditions of the others. */
export function usualPreview(graph: Graph, days: number): PreviewOf {
  if (eventEntries(graph).length > 0) return { kind: 'events', days };
  const any = graph.entries.flatMap((entry): Condition[] => {
    if (entry.kind === 'becomes') return [entry.condition];
    if (entry.kind === 'schedule') return [entry.who];
    return entry.kind === 'segment' ? [{ segment: entry.segment }] : [];
  });
  return { kind: 'who', condition: { any }, properties: {} };
}
