import http from 'node:http';
import https from 'node:https';

/** Deprecated forms of addresses that the package takes for public ones: IPv4 written as the end of IPv6. */
const DENIED = ['::/96'];

export type AgentFor = (url: string) => Promise<http.Agent>;

/**
 * Connections to addresses of the public internet only: whoever may register an endpoint must not reach what stands
 * behind the firewall. Judged by the address that is connected to, so a name that changes its mind changes nothing.
 * `allowedHosts` are reached wherever they are.
 */
export function guardedAgents(allowedHosts: readonly string[]): AgentFor {
  const allowed = new Set(allowedHosts.map((host) => host.toLowerCase()));
  const plain = { http: new http.Agent(), https: new https.Agent() };
  let guarded: Promise<{ http: http.Agent; https: https.Agent }> | null = null;
  return async (url) => {
    const { protocol, hostname } = new URL(url);
    const agents = allowed.has(hostname) ? plain : await (guarded ??= loadGuarded());
    return protocol === 'https:' ? agents.https : agents.http;
  };
}

/** The package is an ES module, which this code can only import late. */
async function loadGuarded(): Promise<{ http: http.Agent; https: https.Agent }> {
  const { RequestFilteringHttpAgent, RequestFilteringHttpsAgent } = await import('request-filtering-agent');
  const options = { denyIPAddressList: DENIED };
  return { http: new RequestFilteringHttpAgent(options), https: new RequestFilteringHttpsAgent(options) };
}
