import type { Json, JsonObject } from '../json';

/** Instead of a topic: everything that is written to people. */
export const EVERYTHING = '*';

export const consentChannels = ['email', 'sms'] as const;
export type ConsentChannel = (typeof consentChannels)[number];

/** That somebody agreed to be written to about a topic. */
export interface ConsentGiven {
  channel: ConsentChannel;
  /** A topic's key, or `*`. */
  topic: string;
  /** What they were shown. */
  text: string | null;
  /** Form, import or system that says so. */
  source: string | null;
  /** Epoch milliseconds; null: when the event that says so happened. */
  at: number | null;
}

/** An opt-out that stands. */
export interface StandingOptOut {
  /** `global` or `topic:<topic>`. */
  scope: string;
  reason: string;
  /** When it was last said, epoch milliseconds. */
  at: number;
}

/** What the trait `consent` of an event says: one, or a list of them. What cannot be read is left out. */
export function consentsIn(trait: Json | undefined): ConsentGiven[] {
  const told = Array.isArray(trait) ? trait : [trait];
  const read = told.flatMap((each) => consentIn(each) ?? []);
  // Of two about the same the first counts: an event says each thing once.
  return read.filter(
    ({ channel, topic }, i) => read.findIndex((one) => one.channel === channel && one.topic === topic) === i,
  );
}

const topicPattern = /^(?:\*|[a-z0-9][a-z0-9-]{0,63})$/;

export function isTopic(text: string): boolean {
  return topicPattern.test(text);
}

function consentIn(value: Json | undefined): ConsentGiven | null {
  if (!isObject(value) || typeof value.topic !== 'string' || !isTopic(value.topic)) return null;
  const channel = consentChannels.find((one) => one === (value.channel ?? 'email'));
  const at = instantIn(value.at);
  if (channel === undefined || at === undefined) return null;
  return { channel, topic: value.topic, text: textIn(value.text), source: textIn(value.source), at };
}

/** Undefined for what is no instant. */
function instantIn(value: Json | undefined): number | null | undefined {
  if (value === undefined || value === null) return null;
  const at = typeof value === 'string' ? Date.parse(value) : NaN;
  return Number.isNaN(at) ? undefined : at;
}

function textIn(value: Json | undefined): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Whether a consent ends an opt-out: the person's own alone, never a bounce or a complaint; about the same thing; and
 * only if it was given later. At the same instant the opt-out holds.
 */
export function lifts(consent: { topic: string; at: number }, optOut: StandingOptOut): boolean {
  if (optOut.reason !== 'unsubscribed') return false;
  const isAbout = consent.topic === EVERYTHING || optOut.scope === `topic:${consent.topic}`;
  return isAbout && consent.at > optOut.at;
}

/** What a person may have opted out of: of an address what stands, by the ledger what they took back. */
export interface OptOutsOf<Row extends StandingOptOut> {
  /** Whatever bars mail to them now. */
  standing: readonly Row[];
  /** What stands at other addresses of theirs. */
  elsewhere: readonly Row[];
  withdrawn: readonly StandingOptOut[];
}

/**
 * What these consents end, and since when that brings somebody back: what they had taken back is agreed to again, and
 * nothing stands against writing to them any longer, bounces and complaints included. Null: it does not. An opt-out ends at
 * every address of theirs, as it was written: what is left at one would spread from there at a merge.
 */
export function endedBy<Row extends StandingOptOut>(
  consents: readonly { topic: string; at: number }[],
  { standing, elsewhere, withdrawn }: OptOutsOf<Row>,
): { ended: Row[]; backSince: number | null } {
  const isEnded = (row: Row): boolean => consents.some((consent) => lifts(consent, row));
  const ended = standing.filter(isEnded);
  const lifting = consents.filter((consent) => [...ended, ...withdrawn].some((row) => lifts(consent, row)));
  const isBack = lifting.length > 0 && ended.length === standing.length;
  const backSince = isBack ? Math.max(...lifting.map(({ at }) => at)) : null;
  return { ended: [...ended, ...elsewhere.filter(isEnded)], backSince };
}

/** What was taken back, by topic, as an opt-out of their own. */
export function withdrawnOf({ topic, at }: { topic: string; at: number }): StandingOptOut {
  return { scope: topic === EVERYTHING ? 'global' : `topic:${topic}`, reason: 'unsubscribed', at };
}

/** Who may say that somebody agreed: a server, and the person by a form. Whoever reads a page has its browser key. */
export function maySayConsent({ fromBrowser, origin }: { fromBrowser: boolean; origin: string }): boolean {
  return !fromBrowser || origin === 'form';
}

/**
 * An opt-out survives a file that still has the old consent in it, whatever date stands there; and a form, into which
 * anybody may type anybody's address, unless it came from a browser that was recognised by a mail to them.
 */
export function mayLift({ origin, isRecognised }: { origin: string; isRecognised: boolean }): boolean {
  return origin === 'form' ? isRecognised : origin !== 'import';
}

/** What an event takes back, by channel; null for one that takes nothing back. A topic or everything. */
export function withdrawnBy({ type, properties }: { type: string; properties: JsonObject }): {
  channel: ConsentChannel;
  topic: string;
} | null {
  const topic = typeof properties.topic === 'string' ? properties.topic : EVERYTHING;
  if (type === 'email.unsubscribed') return { channel: 'email', topic };
  if (type === 'email.complained') return { channel: 'email', topic: EVERYTHING };
  if (type === 'message.unsubscribed' && properties.channel === 'sms') return { channel: 'sms', topic: EVERYTHING };
  return null;
}
