import express, { type Request, type Response } from 'express';
import { Problem } from './problems';
import type { Route } from './route';
import { faultIn, MAX_DEPTH } from './text';
import { pointerTo } from './problems';

export const BODY_LIMIT = 500 * 1024;

/** Reads the whole body, inflated; the limit counts inflated bytes, so a gzip bomb stops at it. */
export type ReadBody = (req: Request, res: Response) => Promise<Buffer>;

export function createReadBody(limit: number): ReadBody {
  const read = express.raw({ type: () => true, limit, inflate: true });
  return (req, res) =>
    new Promise((resolve, reject) => {
      read(req, res, (error?: unknown) => {
        const body: unknown = req.body;
        if (error instanceof Error) reject(bodyProblem(error, limit));
        else resolve(Buffer.isBuffer(body) ? body : Buffer.alloc(0));
      });
    });
}

/** Makes of the bytes what the route's schema expects. */
export function decodeBody(route: Route, bytes: Buffer): unknown {
  if (!route.body && !route.bodyKind) return undefined;
  if (route.bodyKind === 'stream') return undefined;
  if (route.bodyKind === 'raw') return bytes;
  const text = decodeText(bytes);
  if (route.bodyKind === 'form') return Object.fromEntries(new URLSearchParams(text));
  if (route.bodyOptional && text.trim() === '') return {};
  const value = parseJson(text);
  if (!route.ingest) demandStorable(value);
  return value;
}

function decodeText(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Problem('invalid-json', 'The body is not UTF-8.');
  }
}

function parseJson(text: string): unknown {
  if (text.trim() === '') throw new Problem('invalid-json', 'The body is empty.');
  try {
    return JSON.parse(text);
  } catch (error) {
    // V8 quotes the text around the error: a position is all that may leave here.
    const position =
      error instanceof Error ? /position \d+( \(line \d+ column \d+\))?/.exec(error.message)?.[0] : undefined;
    throw new Problem('invalid-json', position ? `It breaks off at ${position}.` : undefined);
  }
}

function demandStorable(value: unknown): void {
  const fault = faultIn(value, MAX_DEPTH);
  if (!fault) return;
  const errors = [{ in: 'body' as const, pointer: pointerTo(fault.path), detail: fault.detail }];
  throw new Problem('validation-failed', undefined, { errors });
}

/** `type` of the errors that body-parser throws. */
function bodyProblem(error: Error, limit: number): Error {
  const type = 'type' in error ? error.type : undefined;
  if (type === 'entity.too.large') return new Problem('too-large', `At most ${limit / 1024} KB, inflated.`);
  if (type === 'encoding.unsupported') return new Problem('unsupported-encoding', 'Use gzip, deflate, br or none.');
  if (type === undefined && !('status' in error)) return error;
  return new Problem('bad-request', 'The body broke off or could not be inflated.');
}
