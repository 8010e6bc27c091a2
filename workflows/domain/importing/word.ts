import { EVERYTHING, isTopic } from '../consent/consent';
import type { Json, JsonObject } from '../json';
import { asDeclared } from '../people/typed-trait';
import type { Target } from './columns';

/** What is said of every row that does not say so itself. */
export interface ConsentOfFile {
  /** `withdrawn`: a list of those who opted out. */
  state?: 'given' | 'withdrawn' | undefined;
  topic?: string | undefined;
  text?: string | undefined;
  source?: string | undefined;
  at?: string | undefined;
}

/** What somebody takes back. */
export interface OptOutOfRow {
  /** A topic, or `*`. */
  topic: string;
  /** ISO 8601. */
  at: string;
}

/** What a row says of being written to: that they agreed, that they do not want it, or nothing. */
export type Word = { consent: JsonObject | null; optOut: OptOutOfRow | null };

interface Rules {
  marketing: boolean;
  consent: ConsentOfFile;
  topics: readonly string[];
  /** Nobody has said anything later, epoch milliseconds. */
  at: number;
}

type Said = ReadonlyMap<Target, Json>;
type Read<T> = T | { fault: string };

/** An opt-out goes before a consent: that one is then not looked at. */
export function readWord(said: Said, rules: Rules): Read<Word> {
  const back = readUnsubscribed(said.get('unsubscribed'), rules) ?? readWithdrawn(said, rules);
  if (back !== null) return 'fault' in back ? back : { consent: null, optOut: back };
  return readConsent(said, rules);
}

/** Yes or no, or when; null for no and for nothing. A date without a zone may seem to be ahead: a no holds all the same. */
function readUnsubscribed(value: Json | undefined, { at: latest }: Rules): Read<OptOutOfRow> | null {
  if (value === undefined) return null;
  const flag = asDeclared('flag', value);
  if (flag === false) return null;
  const at = flag === true ? latest : instantOf(textOf(value));
  if (at === null) return { fault: 'Whether they unsubscribed is neither yes nor no, nor a date such as 2026-03-01.' };
  return { topic: EVERYTHING, at: iso(Math.min(at, latest)) };
}

const states: Readonly<Record<string, 'given' | 'withdrawn'>> = {
  ...{ given: 'given', subscribed: 'given', optin: 'given', optedin: 'given' },
  ...{ withdrawn: 'withdrawn', unsubscribed: 'withdrawn', optout: 'withdrawn', optedout: 'withdrawn' },
};

/** Null where it is no withdrawal. Of one nobody needs to know more than what it is about: everything, unless it says. */
function readWithdrawn(said: Said, rules: Rules): Read<OptOutOfRow> | null {
  const stated = textOf(said.get('consent.state'));
  const state = stated === null ? rules.consent.state : states[stated.toLowerCase().replace(/[^a-z]/g, '')];
  if (stated !== null && state === undefined) return { fault: 'Its consent is neither given nor withdrawn.' };
  if (state !== 'withdrawn') return null;
  const { topic, at } = partsOf(said, rules);
  if (topic !== null && !isKnown(topic, rules)) return unknownTopic;
  const when = at === null ? rules.at : instantOf(at);
  if (when === null) return noDate;
  return { topic: topic ?? EVERYTHING, at: iso(Math.min(when, rules.at)) };
}

/** Evidence or nothing: half a consent is refused rather than kept. */
function readConsent(said: Said, rules: Rules): Read<Word> {
  const { topic, text, source, at } = partsOf(said, rules);
  if (topic === null) return rules.marketing ? { fault: 'It has no consent.' } : { consent: null, optOut: null };
  if (!isKnown(topic, rules)) return unknownTopic;
  if (!text && !source) return { fault: 'Its consent says neither what they were shown nor where they agreed.' };
  const given = instantOf(at);
  if (given === null) return noDate;
  if (given > rules.at) return future;
  const evidence = { ...(text && { text: text.slice(0, 5_000) }), ...(source && { source: source.slice(0, 200) }) };
  return { consent: { topic, ...evidence, at: iso(given) }, optOut: null };
}

const unknownTopic = { fault: 'Its consent is about a topic that the settings do not have.' };
const noDate = { fault: 'Its consent has no date such as 2026-03-01, 1.3.2026 or 2026-03-01T09:30:00Z.' };
const future = { fault: 'Its consent is of the future.' };

function partsOf(said: Said, { consent }: Rules) {
  const part = (name: 'topic' | 'text' | 'source' | 'at') =>
    textOf(said.get(`consent.${name}`)) ?? consent[name] ?? null;
  return { topic: part('topic'), text: part('text'), source: part('source'), at: part('at') };
}

function isKnown(topic: string, { topics }: Rules): boolean {
  return isTopic(topic) && (topic === EVERYTHING || topics.includes(topic));
}

/** Of a day its beginning in UTC, as of traits that are dates. Figures alone are no date here: they may be anything. */
function instantOf(text: string | null): number | null {
  const read = asDeclared('date', text);
  return typeof read === 'string' ? Date.parse(read) : null;
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

export function textOf(value: Json | undefined): string | null {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
}
