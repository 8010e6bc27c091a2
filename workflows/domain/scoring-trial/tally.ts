import type { Tier } from '../scoring/tiers';

/** What one model makes of one contact. */
export interface Judged {
  total: number;
  tier: Tier;
  ready: boolean;
  /** When they were first ready for sales, epoch milliseconds. */
  firstReadyAt: number | null;
  /** The total, and whether they were ready, just before each answer of sales, in the order of the answers. */
  atAnswers: readonly { total: number; ready: boolean }[];
}

/** One contact as both models see it. */
export interface Tried {
  contactId: string;
  events: number;
  now: Judged;
  draft: Judged;
  /** Whether sales took the lead, first to last. */
  answers: readonly boolean[];
}

/** What one model comes to: plain JSON, as large for a million people as for ten. */
export interface SideTally {
  tiers: Record<Tier, number>;
  ready: number;
  /** How many people by the lower bound of their total, in steps of ten. */
  totals: Record<string, number>;
  /** People who became ready for the first time, by the Monday of that week. */
  weeks: Record<string, number>;
  /** Leads that sales took and gave back, by whether they were ready then. */
  answers: Answers;
  /** The same leads by their total, cut to 0–300. */
  accepted: Record<string, number>;
  rejected: Record<string, number>;
}

interface Answers {
  acceptedReady: number;
  acceptedNotReady: number;
  rejectedReady: number;
  rejectedNotReady: number;
}

export interface Sample {
  contactId: string;
  now: number;
  draft: number;
}

/** Both models beside each other. */
export interface Tally {
  contacts: number;
  events: number;
  now: SideTally;
  draft: SideTally;
  /** By `<tier now>-<tier by the draft>`, where they differ. */
  moves: Record<string, { contacts: number; sample: Sample[] }>;
}

const SAMPLE = 10;

export function newTally(): Tally {
  return { contacts: 0, events: 0, now: newSide(), draft: newSide(), moves: {} };
}

function newSide(): SideTally {
  return {
    tiers: { none: 0, low: 0, medium: 0, high: 0 },
    ready: 0,
    totals: {},
    weeks: {},
    answers: { acceptedReady: 0, acceptedNotReady: 0, rejectedReady: 0, rejectedNotReady: 0 },
    accepted: {},
    rejected: {},
  };
}

/** Adds a contact, in place: a tally counts millions. */
export function count(tally: Tally, { contactId, events, now, draft, answers }: Tried): void {
  tally.contacts += 1;
  tally.events += events;
  countSide(tally.now, now, answers);
  countSide(tally.draft, draft, answers);
  if (now.tier === draft.tier) return;
  const move = (tally.moves[`${now.tier}-${draft.tier}`] ??= { contacts: 0, sample: [] });
  move.contacts += 1;
  if (move.sample.length < SAMPLE) move.sample.push({ contactId, now: now.total, draft: draft.total });
}

function countSide(side: SideTally, judged: Judged, answers: readonly boolean[]): void {
  side.tiers[judged.tier] += 1;
  if (judged.ready) side.ready += 1;
  add(side.totals, String(Math.floor(judged.total / 10) * 10));
  if (judged.firstReadyAt !== null) add(side.weeks, mondayOf(judged.firstReadyAt));
  judged.atAnswers.forEach(({ total, ready }, i) => {
    const accepted = answers[i] === true;
    side.answers[`${accepted ? 'accepted' : 'rejected'}${ready ? 'Ready' : 'NotReady'}`] += 1;
    add(accepted ? side.accepted : side.rejected, String(Math.max(0, Math.min(300, Math.floor(total)))));
  });
}

function add(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1;
}

const DAY_MS = 86_400_000;

/** The date of the Monday of its week, in UTC. */
export function mondayOf(at: number): string {
  const day = Math.floor(at / DAY_MS);
  // 1970-01-01 was a Thursday.
  return new Date((day - ((day + 3) % 7)) * DAY_MS).toISOString().slice(0, 10);
}
