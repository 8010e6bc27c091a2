import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions } from 'playwright-core';

/** Debian's name, and what else it is called. */
const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/** CHROMIUM_PATH, or what is on PATH. Throws where there is none. */
function chromiumPath(): string {
  const places = (process.env.PATH ?? '').split(delimiter);
  const found = names.flatMap((name) => places.map((place) => join(place, name))).find((path) => existsSync(path));
  const path = process.env.CHROMIUM_PATH ?? found;
  if (path) return path;
  throw new Error('No Chromium: install Debian\'s package "chromium", or name one by CHROMIUM_PATH.');
}

/** Of a browser with a window. Given to all of Chromium: what it sends while a page is left knows no context. */
const agent = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/146.0.0.0 Safari/537.36';

/** A real browser, which does not tell pages that a program sits in front of it unless `automated`. */
export function openBrowser({ automated = false } = {}): Promise<Browser> {
  const args = [
    '--disable-dev-shm-usage',
    `--user-agent=${agent}`,
    ...(automated ? [] : ['--disable-blink-features=AutomationControlled']),
  ];
  return chromium.launch({ executablePath: chromiumPath(), chromiumSandbox: process.getuid?.() !== 0, args });
}

/** Somebody with a browser of their own: cookies and storage are theirs. */
export function newVisitor(browser: Browser, options: BrowserContextOptions = {}): Promise<BrowserContext> {
  return browser.newContext({ locale: 'en-GB', timezoneId: 'Europe/Berlin', ...options });
}
