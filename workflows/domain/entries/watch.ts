import { noFacts, type Condition, type Segments } from '../conditions/condition';
import { meets } from '../conditions/evaluate';
import { canonical } from '../conditions/keys';
import { partsOf, segmentsNamed } from '../conditions/needs';
import { builtInSegments, segmentCondition } from '../conditions/segments';
import { expandEvent } from '../events';

/** A condition whose turns are told: a saved segment, or what a journey is entered by. */
export interface Watch {
  /** The segment's key, or `becomes:<journey>:<hash>`. */
  key: string;
  condition: Condition;
  /** Hash of the condition with all segments that it names: whoever changes one of them starts it anew. */
  meaning: string;
  /** Who enters: the journey of a `becomes`; null for a segment, whose entries go by its events. */
  journey: string | null;
}

export type WatchedEntry =
  { kind: 'event' | 'schedule' } | { kind: 'becomes'; condition: Condition } | { kind: 'segment'; segment: string };

/** What is watched: every segment, and what these journeys are entered by; an unknown segment has no members. */
export function watchesOf(
  journeys: readonly { key: string; graph: { entries: readonly WatchedEntry[] } }[],
  segments: Segments,
): Watch[] {
  const entered = journeys.flatMap(({ key, graph }) => graph.entries.flatMap((entry) => watchOf(key, entry, segments)));
  const keys = [...Object.keys(segments), ...Object.keys(builtInSegments)];
  const found = [...entered, ...keys.flatMap((key) => watchOfSegment(key, segments))];
  return [...new Map(found.map((watch) => [watch.key, watch])).values()];
}

function watchOf(journey: string, entry: WatchedEntry, segments: Segments): Watch[] {
  if (entry.kind === 'becomes') {
    const { condition } = entry;
    const key = `becomes:${journey}:${hashOf(canonical(condition))}`;
    return [{ key, condition, journey, meaning: meaningOf(condition, segments) }];
  }
  return entry.kind === 'segment' ? watchOfSegment(entry.segment, segments) : [];
}

function watchOfSegment(key: string, segments: Segments): Watch[] {
  const condition = segmentCondition(key, segments);
  return condition === undefined ? [] : [{ key, condition, journey: null, meaning: meaningOf(condition, segments) }];
}

function meaningOf(condition: Condition, segments: Segments): string {
  const named = segmentsNamed([condition], segments).sort();
  return hashOf(canonical([condition, named.map((key) => [key, segmentCondition(key, segments)])]));
}

/** FNV-1a, 64 bits. */
function hashOf(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (let i = 0; i < text.length; i += 1) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(i))) * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, '0');
}

const touchedBy = {
  field: ['contact.created', 'contact.updated'],
  journey: ['journey.entered', 'journey.finished'],
  score: ['score.tier_changed', 'score.threshold_crossed', 'score.ready_for_sales'],
  tier: ['score.tier_changed'],
  mails: ['email.sent', 'email.opened', 'email.clicked'],
  // Every opt-out there is: of mail, of messages, by a complaint, by an address that is none.
  consent: [
    ...['email.unsubscribed', 'message.unsubscribed', 'email.complained', 'email.bounced'],
    ...['contact.consented', 'contact.resubscribed', 'contact.updated'],
  ],
  handoff: ['handoff.created', 'handoff.accepted', 'handoff.rejected', 'handoff.expired'],
} as const;

/** What can turn a condition, besides time, which is left to the sweep. */
export interface Triggers {
  types: ReadonlySet<string>;
  /** Whatever an event tells of the contact. */
  fields: boolean;
  /** Whatever changes the score. */
  scores: boolean;
}

export function triggersOf(condition: Condition, segments: Segments): Triggers {
  const types = new Set<string>(['contact.merged']);
  // Of somebody new nothing else need ever be told.
  if (meets(condition, { ...noFacts, segments })) types.add('contact.created');
  const parts = partsOf([condition], segments);
  for (const part of parts) {
    if ('did' in part) for (const type of expandEvent(part)) types.add(type);
    for (const [kind, touching] of Object.entries(touchedBy)) {
      if (kind in part) for (const type of touching) types.add(type);
    }
  }
  const fields = parts.some((part) => 'field' in part || 'consent' in part);
  return { types, fields, scores: parts.some((part) => 'score' in part || 'tier' in part) };
}

/** Whether this event may turn it; `scored`: it changes the score, or may. */
export function mayTurn(
  { types, fields, scores }: Triggers,
  event: { type: string; traits: object; context: { campaign?: unknown } },
  scored: boolean,
): boolean {
  if (scored && scores) return true;
  return types.has(event.type) || (fields && (Object.keys(event.traits).length > 0 || event.context.campaign != null));
}
