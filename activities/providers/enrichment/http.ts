import { z } from 'zod';
import { guardedAgents, type AgentFor } from '../endpoints/guarded-agent';
import { pauseAsked } from '../answers';
import { httpCall, type HttpAnswer } from '../http-post';
import type { CompanyFacts, EnrichmentAnswer, EnrichmentPort } from './port';

export interface EnrichmentSettings {
  /** With `{domain}` where the domain goes. */
  url: string;
  key: string | null;
}

export interface HttpEnrichmentOptions extends EnrichmentSettings {
  /** Hosts that are reached although their addresses are private. */
  allowedHosts: readonly string[];
  timeoutMs?: number;
  now?: () => number;
}

const LATER_MS = 10_000;

const text = z.string().trim().max(500).nullish();
/** What is not here is not kept: providers know more of companies, and of people, than we want to. */
const answer = z.object({
  name: text,
  industry: text,
  companySize: z.union([text, z.number()]),
  employees: z.union([text, z.number()]).optional(),
  country: text,
});

/** `GET` of a URL made of the domain, which answers JSON such as `{name, industry, employees, country}`, or 404. */
export function httpEnrichment(options: HttpEnrichmentOptions): EnrichmentPort {
  const { url, key, allowedHosts, timeoutMs = 10_000, now = Date.now } = options;
  const agentFor: AgentFor = guardedAgents(allowedHosts);
  const headers: Record<string, string> = { Accept: 'application/json', 'User-Agent': 'Nurture' };
  if (key !== null) headers['Authorization'] = `Bearer ${key}`;
  return {
    name: new URL(url.replaceAll('{domain}', 'domain')).host,
    about: async (domain) => {
      const asked = url.replaceAll('{domain}', encodeURIComponent(domain));
      const agent = await agentFor(asked);
      return classify(await httpCall({ method: 'GET', url: asked, body: '', headers, timeoutMs, agent }), now());
    },
  };
}

function classify(called: HttpAnswer, now: number): EnrichmentAnswer {
  if (called.kind !== 'answered') {
    const isBarred = called.kind === 'not-sent' && called.isBarred;
    return isBarred ? { kind: 'refused', why: called.why } : { kind: 'later', afterMs: LATER_MS, why: called.why };
  }
  const { status, retryAfter, body, brokeOff } = called;
  if (status === 200 && brokeOff) return { kind: 'later', afterMs: LATER_MS, why: 'its answer broke off' };
  if (status === 200) return factsIn(body);
  if (status === 404 || status === 204) return { kind: 'unknown' };
  if (status === 429 || status === 503)
    return { kind: 'later', afterMs: pauseAsked(retryAfter, now), why: `asked to wait (${status})` };
  if (status >= 500 || status === 408) return { kind: 'later', afterMs: LATER_MS, why: `server error (${status})` };
  if (status === 400 || status === 422) return { kind: 'unreadable', why: `the domain is refused (${status})` };
  if (status < 400) return { kind: 'refused', why: `the provider answers ${status}: it may have another URL by now` };
  return { kind: 'refused', why: `the provider refuses us (${status})` };
}

function factsIn(body: string): EnrichmentAnswer {
  const parsed = answer.safeParse(jsonOf(body));
  if (!parsed.success) return { kind: 'unreadable', why: 'the answer is not of the expected form' };
  const { name, industry, companySize, employees, country } = parsed.data;
  const said = { name, industry, companySize: companySize ?? employees, country };
  const facts: CompanyFacts = Object.fromEntries(
    Object.entries(said).filter(([, value]) => value !== undefined && value !== null && value !== ''),
  );
  return Object.keys(facts).length === 0 ? { kind: 'unknown' } : { kind: 'found', facts };
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}
