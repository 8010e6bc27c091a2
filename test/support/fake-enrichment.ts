import { startFakeServer, type FakeServer } from './fake-server';

export interface FakeEnrichment extends FakeServer {
  /** With `{domain}` where the domain goes. */
  template: string;
  /** What it knows, by domain; an answer of text is sent as it is. */
  known: Map<string, object | string>;
}

export const enrichmentKey = 'key-of-a-test';

/** A provider of facts about companies on loopback. */
export async function startFakeEnrichment(): Promise<FakeEnrichment> {
  const known: FakeEnrichment['known'] = new Map();
  const server = await startFakeServer(({ path, headers }) => {
    if (headers.authorization !== `Bearer ${enrichmentKey}`) return { status: 401 };
    const found = known.get(decodeURIComponent(path.replace('/companies/', '')));
    if (found === undefined) return { status: 404 };
    return { status: 200, body: typeof found === 'string' ? found : JSON.stringify(found) };
  });
  return Object.assign(server, { known, template: `${server.url}/companies/{domain}` });
}
