import type { Condition, DidTest, Segments } from './condition';
import { didKey, mailsAsked } from './keys';
import { segmentCondition } from './segments';

/** What a host must fetch before it can evaluate; the contact and the event at hand are always needed. */
export interface Needs {
  /** One for each `didKey`. Machine-made opens and clicks do not count unless `where` asks for `machine`. */
  did: DidTest[];
  /** Whether this contact's other enrollments are asked for. */
  journeys: boolean;
  score: boolean;
  /** How many of the last mails; 0 for none. */
  mails: number;
  /** Whether the opt-outs are asked for. */
  consent: boolean;
  handoff: boolean;
}

/** What these conditions ask for, also within the segments that they name. */
export function needsOf(conditions: readonly Condition[], segments: Segments = {}): Needs {
  const did = new Map<string, DidTest>();
  const needs: Omit<Needs, 'did'> = { journeys: false, score: false, mails: 0, consent: false, handoff: false };
  for (const part of partsOf(conditions, segments)) {
    if ('did' in part) noteDid(did, part);
    else if ('journey' in part) needs.journeys = true;
    else if ('score' in part || 'tier' in part) needs.score = true;
    else if ('mails' in part) needs.mails = Math.max(needs.mails, mailsAsked(part));
    else if ('consent' in part) needs.consent = true;
    else if ('handoff' in part) needs.handoff = true;
  }
  return { did: [...did.values()], ...needs };
}

/** Of tests that differ in `times` only, the one that asks for more answers both. */
function noteDid(did: Map<string, DidTest>, test: DidTest): void {
  const key = didKey(test);
  if ((did.get(key)?.times ?? 0) < (test.times ?? 1)) did.set(key, test);
}

/** Keys of the segments that these conditions name, directly or through other segments. */
export function segmentsNamed(conditions: readonly Condition[], segments: Segments = {}): string[] {
  return [...new Set(partsOf(conditions, segments).flatMap((part) => ('segment' in part ? [part.segment] : [])))];
}

/** These conditions and every part of them, once each segment that they name too. */
export function partsOf(conditions: readonly Condition[], segments: Segments): Condition[] {
  const parts: Condition[] = [];
  const seen = new Set<string>();
  const enter = (part: Condition): void => {
    parts.push(part);
    if ('all' in part) part.all.forEach(enter);
    else if ('any' in part) part.any.forEach(enter);
    else if ('not' in part) enter(part.not);
    else if ('segment' in part && !seen.has(part.segment)) {
      seen.add(part.segment);
      const saved = segmentCondition(part.segment, segments);
      if (saved) enter(saved);
    }
  };
  conditions.forEach(enter);
  return parts;
}
