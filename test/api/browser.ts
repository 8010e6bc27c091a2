/**
 * As much of a browser as Segment's library needs to run in Node: a window, a document with cookies, a storage.
 * Requests are real, by Node's fetch.
 */
export function pretendBrowser(url: string): void {
  const storage = memoryStorage();
  const nothing = (): void => undefined;
  const document = {
    title: 'Pricing',
    referrer: '',
    readyState: 'complete',
    visibilityState: 'visible',
    documentElement: {},
    body: {},
    currentScript: null,
    addEventListener: nothing,
    removeEventListener: nothing,
    querySelector: () => null,
    querySelectorAll: () => [],
    getElementsByTagName: () => [],
    createElement: () => ({}),
  };
  Object.defineProperty(document, 'cookie', cookieJar());
  const browser = {
    document,
    location: new URL(url),
    localStorage: storage,
    sessionStorage: storage,
    screen: { width: 800, height: 600 },
    navigator: { userAgent: 'Test/1', language: 'en-GB', onLine: true, cookieEnabled: true },
    addEventListener: nothing,
    removeEventListener: nothing,
    window: globalThis,
  };
  for (const [name, value] of Object.entries(browser)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
}

function cookieJar(): PropertyDescriptor {
  const jar = new Map<string, string>();
  return {
    get: () => [...jar].map(([name, value]) => `${name}=${value}`).join('; '),
    set: (cookie: string) => {
      const [, name = '', value = '', rest = ''] = /^([^=]+)=([^;]*)(.*)$/.exec(cookie) ?? [];
      const expires = /expires=([^;]+)/i.exec(rest)?.[1];
      if (expires !== undefined && Date.parse(expires) < Date.now()) jar.delete(name);
      else jar.set(name, value);
    },
  };
}

function memoryStorage() {
  const items = new Map<string, string>();
  return {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
    key: (index: number) => [...items.keys()][index] ?? null,
    get length() {
      return items.size;
    },
  };
}
