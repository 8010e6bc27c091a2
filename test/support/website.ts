import { createServer } from 'node:http';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { testApi, type TestApi } from '../api/harness';
import { newVisitor, openBrowser } from './browser';
import { poll } from './poll';
import { listen, openSite, type Site, type SitePage } from './site';

export const snippet =
  '<script>window.nurture=window.nurture||function(){(nurture.q=nurture.q||[]).push([Date.now(),...arguments])}</script>';

type Stored = Awaited<ReturnType<TestApi['db']['event']['findMany']>>;

/** A website whose pages name our script, the API that they send to, and a browser. */
export interface Website {
  api: TestApi;
  apiUrl: string;
  site: Site;
  browser: Browser;
  /** `settings.website`, the rest of it as by default. */
  set: (website: object) => Promise<unknown>;
  /** A browser that was never here; closes the one before. */
  visit: () => Promise<Visit>;
  close: () => Promise<void>;
}

/** The pages that are not empty, given the address of the API and the tag of the script. */
export type Pages = (apiUrl: string, tag: (more?: string) => string) => Record<string, SitePage>;

/** What one visitor does, and what came of it. */
export interface Visit {
  context: BrowserContext;
  page: Page;
  open: (path?: string) => Promise<unknown>;
  /** Until the script is there. */
  ready: () => Promise<unknown>;
  /** Calls `nurture(…)` in the page. */
  call: (...given: unknown[]) => Promise<unknown>;
  /** Events since the visit began, as they happened. */
  events: () => Promise<Stored>;
  types: () => Promise<string[]>;
  /** Waits for so many events. */
  arrived: (count: number) => Promise<Stored>;
  cookies: () => Promise<{ name: string; value: string }[]>;
  /** The id in the cookie. */
  id: () => Promise<string | undefined>;
  /** Addresses that this page posts to, from now on. */
  posts: () => string[];
}

export async function startWebsite(pages: Pages = () => ({})): Promise<Website> {
  const api = await testApi();
  const server = createServer(api.app);
  const apiUrl = await listen(server);
  const tag = (more = '') => `<script async src="${apiUrl}/n.js" data-key="${api.browserKey}"${more}></script>`;
  const site = await openSite(snippet + tag(), pages(apiUrl, tag));
  const browser = await openBrowser();
  let context: BrowserContext | undefined;
  return {
    ...{ api, apiUrl, site, browser },
    set: (website) => api.patch('/v1/settings', { website }).expect(200),
    visit: async () => {
      await context?.close();
      context = await newVisitor(browser);
      return visitOf(context, { api, site });
    },
    close: async () => {
      await browser.close();
      await site.close();
      server.closeAllConnections();
      server.close();
      await api.drop();
    },
  };
}

async function visitOf(context: BrowserContext, { api, site }: Pick<Website, 'api' | 'site'>): Promise<Visit> {
  const page = await context.newPage();
  const last = await api.db.event.findFirst({ orderBy: { seq: 'desc' } });
  const where = { seq: { gt: last?.seq ?? 0n } };
  const events = () => api.db.event.findMany({ where, orderBy: { seq: 'asc' } });
  const cookies = async () => (await context.cookies(site.origin)).map(({ name, value }) => ({ name, value }));
  return {
    ...{ context, page, events, cookies },
    open: (path = '/') => page.goto(site.origin + path),
    ready: () => page.waitForFunction('nurture.loaded'),
    call: (...given) => page.evaluate(`nurture(...${JSON.stringify(given)})`),
    types: async () => (await events()).map(({ type }) => type),
    arrived: (count) => poll('events', async () => (await events()).length >= count && events()),
    id: async () => (await cookies())[0]?.value.split('.')[0],
    posts: () => {
      const seen: string[] = [];
      page.on('request', (request) => void (request.method() === 'POST' && seen.push(request.url())));
      return seen;
    },
  };
}
