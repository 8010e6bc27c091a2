import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import type { HandlerDeps } from '../deps';
import type { Caller, Scope } from './auth';
import type { Problem, ProblemCode } from './problems';
import type { Reply } from './reply';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

export interface RouteRequest<P, Q, B> {
  params: P;
  query: Q;
  body: B;
  /** Whose key it is; `nobody` on public routes. */
  caller: Caller;
  headers: IncomingHttpHeaders;
  /** The revision that If-Match asks for, where the route takes it; null: any. */
  expected: number | null;
  /** The body as it comes in, inflated: of `bodyKind: 'stream'` alone. Whoever stops reading need not read the rest. */
  stream: () => AsyncIterable<Uint8Array>;
  /** Where it comes from, as far as the proxies that are trusted say. */
  address: string;
  /** As it came: HEAD reaches the handler of GET, to which it must be the same but for what it does. */
  method: string;
  /** The client's Idempotency-Key, where it sent one: whoever makes a row of the request may derive its id from it. */
  idempotencyKey: string | null;
}

/** One success answer: a schema for JSON, or a description with what it needs. */
export type Answer = z.ZodType | AnswerSpec;
export interface AnswerSpec {
  description: string;
  /** JSON unless `contentType` says otherwise; none = empty. */
  schema?: z.ZodType;
  contentType?: string | readonly string[];
  etag?: boolean;
}

export interface RouteSpec<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> {
  method: Method;
  /** Express style: `/v1/contacts/:id`. */
  path: string;
  summary: string;
  description?: string;
  tag: string;
  /** What the key must be allowed to do; of several, one is enough; null = public. */
  scope: Scope | readonly Scope[] | null;
  /** What does not fit is a 404: such a thing cannot exist. */
  params?: P;
  /** A strict object; what does not fit is a 400. */
  query?: Q;
  /** A strict object (or a union of them). With `bodyKind: 'raw'` none is needed: the body is a Buffer. */
  body?: B;
  /** json unless said otherwise; `form` is urlencoded, `stream` is not held in memory. */
  bodyKind?: 'json' | 'form' | 'raw' | 'stream';
  /** Bytes after inflating; 500 KB unless said otherwise. */
  bodyLimit?: number;
  /** An empty body counts as `{}`. */
  bodyOptional?: boolean;
  /** Ingestion: from pages too, key also in the body, unknown fields kept, no Idempotency-Key (events have ids). */
  ingest?: boolean;
  /** It takes If-Match: what was changed meanwhile is a 412. */
  ifMatch?: boolean;
  /** Though not a GET, it changes nothing: it is not audited. */
  reads?: boolean;
  /** Who may call it from a browser: any page, or those of IN_APP_ORIGINS; ingestion, those of settings.website. */
  cors?: true | 'listed';
  answers: Record<number, Answer>;
  /** Problems beside the ones every route may answer. */
  problems?: readonly ProblemCode[];
  /** Where people look at the answer: a problem as a page; null for who asked for JSON. */
  problemPage?: (problem: Problem, headers: IncomingHttpHeaders) => Reply | null;
  handler(request: RouteRequest<z.output<P>, z.output<Q>, z.output<B>>, deps: HandlerDeps): Promise<Reply> | Reply;
}

/** A route as the wiring and the document see it. */
export interface Route extends Omit<RouteSpec<z.ZodType, z.ZodType, z.ZodType>, 'handler'> {
  handler(request: RouteRequest<unknown, unknown, unknown>, deps: HandlerDeps): Promise<Reply> | Reply;
}

/**
 * Declares a route once: Express, validation and OpenAPI are made from it.
 * Throws at import when the declaration contradicts itself.
 */
export function defineRoute<
  P extends z.ZodType = z.ZodUndefined,
  Q extends z.ZodType = z.ZodUndefined,
  B extends z.ZodType = z.ZodUndefined,
>(spec: RouteSpec<P, Q, B>): Route {
  const fault = faultOf(spec);
  if (fault) throw new Error(`${spec.method} ${spec.path}: ${fault}`);
  return spec; // the wiring parses with the route's own schemas before it calls the handler
}

function faultOf(spec: Omit<Route, 'handler'>): string | null {
  if (spec.path.includes(':') !== (spec.params !== undefined)) return 'params and path differ';
  if (spec.query && !isStrict(spec.query)) return 'query must be a strict object';
  const free = spec.ingest || (spec.bodyKind ?? 'json') !== 'json';
  if (spec.body && !free && !isStrict(spec.body)) return 'body must be a strict object';
  return null;
}

/** Whether unknown keys are refused, in every branch of a union. */
function isStrict(schema: z.ZodType): boolean {
  if (schema instanceof z.ZodObject) return schema.def.catchall instanceof z.ZodNever;
  if (schema instanceof z.ZodUnion)
    return schema.options.every((option) => option instanceof z.ZodType && isStrict(option));
  return false;
}
