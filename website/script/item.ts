import { leftOut } from './given';
import { uuid } from './ids';

export type Bag = Record<string, unknown>;

/** One message in Segment's shape. Its id and time are given when it happens, however often it is sent. */
export interface Item {
  type: 'page' | 'track' | 'identify';
  messageId: string;
  timestamp: string;
  context: Bag;
  anonymousId?: string;
  userId?: string;
  event?: string;
  properties?: Bag;
  traits?: Bag;
}

/** Address of the page before this one, also of one that did not reload. */
let referrer = document.referrer;

export function leftPage(url: string): void {
  referrer = url;
}

/** Something that happened on this page, now or at `at`. */
export function itemOf(rest: Omit<Item, 'messageId' | 'timestamp' | 'context'>, at: number): Item {
  const { locale, timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const context: Bag = {
    page: page(),
    locale: navigator.language || locale,
    timezone: timeZone,
    library: { name: 'n.js' },
  };
  const campaign = campaignOf(location.search);
  if (campaign) context.campaign = campaign;
  return { ...rest, messageId: uuid(), timestamp: new Date(at).toISOString(), context };
}

export function page(): Bag {
  const { pathname, search } = location;
  const [url, query, from] = [address(), search, referrer].map((one) =>
    leftOut.reduce((all, name) => without(name, all), one),
  );
  const route = /#!?\/?([^?]*)/.exec(address())?.[1];
  const path = route === undefined ? pathname : `/${route}`;
  return { url, path, search: query, title: document.title, referrer: from };
}

/** An address without a parameter. */
export function without(name: string, address: string): string {
  const one = new RegExp(`([?&])${name}=[^&#]*(&?)`);
  return address.replace(one, (_, before: string, after: string) => (after ? before : ''));
}

/** The address without what only scrolls; routes behind `#/` or `#!` are pages of their own. */
export function address(): string {
  const [page = '', hash = ''] = location.href.split('#');
  return /^[/!]/.test(hash) ? location.href : page;
}

function campaignOf(search: string): Bag | null {
  const told = [...new URLSearchParams(search)].filter(([name]) => name.startsWith('utm_'));
  const named = told.map(([name, value]) => [name === 'utm_campaign' ? 'name' : name.slice(4), value]);
  return told.length > 0 ? (Object.fromEntries(named) as Bag) : null;
}
