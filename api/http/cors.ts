import type { IncomingHttpHeaders } from 'node:http';
import type { Request, RequestHandler, Response } from 'express';
import type { ApiConfig, HandlerDeps } from '../deps';
import { Problem } from './problems';
import type { Route } from './route';

/** Browsers forget what they were told after two hours at most, whatever is asked of them. */
const MAX_AGE_S = '7200';

type CorsDeps = Pick<HandlerDeps, 'config' | 'settings'>;

/** Who may call the routes of one path from a browser; null: no page of another site. */
export function corsOf(group: readonly Route[], deps: CorsDeps): RequestHandler | null {
  if (group.some(({ cors }) => cors === 'listed')) return allowListed(deps.config.inAppOrigins);
  if (group.some(({ ingest }) => ingest)) return allowWebsite(deps);
  return group.some(({ cors }) => cors) ? allowAny : null;
}

/** What is the same for everybody, and no secret; or what the handler itself allows, whose answer is no secret either. */
const allowAny: RequestHandler = (req, res, next) => {
  res.set({ 'Access-Control-Allow-Origin': '*', 'Cross-Origin-Resource-Policy': 'cross-origin' });
  res.set('Access-Control-Expose-Headers', 'Retry-After');
  if (req.method !== 'OPTIONS') return next();
  permit(req, res);
};

/** The sites of settings.website; while none is named, any: browser keys are public by nature, and read nothing. */
function allowWebsite(deps: CorsDeps): RequestHandler {
  return async (req, res, next) => {
    const allowed = await allowedOrigin(req, deps);
    res.vary('Origin');
    if (allowed !== null) {
      res.set({ 'Access-Control-Allow-Origin': allowed, 'Access-Control-Expose-Headers': 'Retry-After' });
      res.set('Cross-Origin-Resource-Policy', 'cross-origin');
    }
    if (req.method !== 'OPTIONS') return next();
    if (allowed !== null) permit(req, res);
    else res.status(204).end();
  };
}

/** Answers a browser that asks before it sends. */
function permit(req: Request, res: Response): void {
  res.set({
    'Access-Control-Allow-Methods': 'GET, POST',
    'Access-Control-Allow-Headers': req.get('Access-Control-Request-Headers') ?? 'authorization, content-type',
    'Access-Control-Max-Age': MAX_AGE_S,
  });
  res.status(204).end();
}

/** Answers carry what a person may read: only the sites that were named get at them from a browser. */
function allowListed(origins: readonly string[]): RequestHandler {
  return (req, res, next) => {
    const origin = req.get('Origin');
    res.vary('Origin');
    if (origin !== undefined && origins.includes(origin)) {
      res.set({ 'Access-Control-Allow-Origin': origin, 'Cross-Origin-Resource-Policy': 'cross-origin' });
    }
    if (req.method !== 'OPTIONS') return next();
    res.set({
      'Access-Control-Allow-Methods': 'GET, POST',
      'Access-Control-Allow-Headers': 'authorization, content-type, x-nurture-user, x-nurture-signature',
      'Access-Control-Max-Age': MAX_AGE_S,
    });
    res.status(204).end();
  };
}

/** @throws Problem forbidden */
export async function demandKnownOrigin({ headers }: Request, { config, settings }: CorsDeps): Promise<void> {
  if (maySendFrom(headers, (await settings.current()).website.origins, config)) return;
  throw new Problem('forbidden', 'Pages of this origin may not send: it is not among settings.website.origins.');
}

/**
 * A beacon needs no permission to be sent, only to be answered: what comes from a page that was not named is refused.
 * A page may hide where it comes from ("null"), and a program may say anything: this keeps strays out, not attackers.
 * None named: any page.
 */
export function maySendFrom(
  headers: IncomingHttpHeaders,
  origins: readonly string[],
  config: Pick<ApiConfig, 'publicUrl'>,
): boolean {
  const { origin } = headers;
  if (origin === undefined || origin === 'null' || origins.length === 0) return true;
  return isOwn(origin, headers, config) || isAmong(origins, origin);
}

/** `*`, or the origin of the request if it may; null if it may not. */
async function allowedOrigin({ headers }: Request, { config, settings }: CorsDeps): Promise<string | null> {
  const { origins } = (await settings.current()).website;
  if (origins.length === 0) return '*';
  const { origin } = headers;
  if (origin === undefined || origin === 'null') return null;
  return maySendFrom(headers, origins, config) ? origin : null;
}

/** A page of ours, under whatever name of the host it was asked for. */
function isOwn(origin: string, { host }: IncomingHttpHeaders, { publicUrl }: Pick<ApiConfig, 'publicUrl'>): boolean {
  return origin === new URL(publicUrl).origin || origin.replace(/^https?:\/\//, '') === host;
}

/** Whether an origin as browsers write it is one of these, of which `https://*.example.com` is any subdomain. */
export function isAmong(origins: readonly string[], origin: string): boolean {
  return origins.some((one) => {
    const [scheme = '', rest] = one.split('*', 2);
    return rest === undefined ? one === origin : origin.startsWith(scheme) && origin.endsWith(rest);
  });
}
