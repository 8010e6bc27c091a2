import { host, key } from './given';
import type { Item } from './item';

/** Browsers let a page send 64 KB while it is being left; a letter has up to three bytes. */
const MAX_LETTERS = 20_000;
const MAX_ITEMS = 50;
const MAX_WAITING = 500;
const SOON_MS = 200;
const LONGEST_MS = 60_000;
const UNSENT = 'nurture_unsent';

let waiting: Item[] = [];
/** Taken out of `waiting`, and put back unless it arrives. */
let underWay: Item[] = [];
let sending = false;
let failures = 0;
/** 0 while none runs. */
let timer = 0;

/** Sends it soon, together with what else there is. */
export function send(item: Item): void {
  waiting.push(item);
  waiting.splice(0, waiting.length - MAX_WAITING);
  if (!timer) later(SOON_MS);
}

/** What could not be sent when a page of this tab was left; its ids make sure that nothing counts twice. */
export function restore(): void {
  waiting = [...kept(), ...waiting];
  forgetKept();
  if (waiting.length > 0) later(SOON_MS);
}

/** Nothing more is sent of what is waiting. */
export function discard(): void {
  waiting = [];
  underWay = [];
  forgetKept();
}

/** The page goes away: what a beacon takes along is out of our hands, so after failures it is kept as well. */
export function leave(): void {
  if (failures > 0) keep([...underWay, ...waiting]);
  for (let batch = next(); batch.length > 0; batch = next()) {
    if (!navigator.sendBeacon(`${host}/v1/batch`, bodyOf(batch))) {
      waiting = [...batch, ...waiting];
      return keep(waiting);
    }
  }
}

function later(ms: number): void {
  clearTimeout(timer);
  timer = setTimeout(() => void flush(), ms);
}

async function flush(): Promise<void> {
  timer = 0;
  if (sending) return;
  underWay = next();
  if (underWay.length === 0) return;
  sending = true;
  const wait = await post(underWay);
  sending = false;
  // Discarded meanwhile, there is nothing under way that could come back.
  if (wait !== null) waiting = [...underWay, ...waiting];
  underWay = [];
  const isBack = wait === null && failures > 0;
  failures = wait === null ? 0 : failures + 1;
  if (isBack) restore();
  if (waiting.length > 0) later(wait ?? SOON_MS);
}

/** Null: it has arrived, or never will; otherwise how long to wait before trying again. */
async function post(batch: Item[]): Promise<number | null> {
  const body = bodyOf(batch);
  const pause = Math.min(1_000 * 2 ** failures, LONGEST_MS) * (0.5 + Math.random() / 2);
  try {
    // As plain text, with the key in it, a browser needs not ask for permission first.
    const keepalive = body.length < MAX_LETTERS;
    const answer = await fetch(`${host}/v1/batch`, { method: 'POST', body, keepalive, credentials: 'omit' });
    if (answer.status === 429 || answer.status >= 500) {
      return Math.max(pause, 1_000 * Number(answer.headers.get('Retry-After') ?? 0));
    }
    const { rejected = [{ detail: answer.status }] } = (await answer.json()) as { rejected?: unknown[] };
    if (rejected.length > 0) console.warn('Nurture refused', rejected);
    return null;
  } catch {
    return pause;
  }
}

function bodyOf(batch: Item[]): string {
  return JSON.stringify({ writeKey: key, sentAt: new Date().toISOString(), batch });
}

/** Takes the oldest that fit together. */
function next(): Item[] {
  let letters = 0;
  const fits = (item: Item, i: number) => (letters += JSON.stringify(item).length) < MAX_LETTERS || i === 0;
  const end = waiting.slice(0, MAX_ITEMS).findIndex((item, i) => !fits(item, i));
  return waiting.splice(0, end < 0 ? MAX_ITEMS : end);
}

/** Beside what is kept already: a page may be hidden and shown again more than once. */
function keep(items: readonly Item[]): void {
  const before = kept();
  const fresh = items.filter(({ messageId }) => before.every((one) => one.messageId !== messageId));
  try {
    sessionStorage.setItem(UNSENT, JSON.stringify([...before, ...fresh].slice(-MAX_WAITING)));
  } catch {
    // Full or switched off.
  }
}

function kept(): Item[] {
  try {
    return JSON.parse(sessionStorage.getItem(UNSENT) ?? '[]') as Item[];
  } catch {
    return [];
  }
}

function forgetKept(): void {
  try {
    sessionStorage.removeItem(UNSENT);
  } catch {
    // Switched off: then there is nothing.
  }
}

addEventListener('online', () => later(SOON_MS));
