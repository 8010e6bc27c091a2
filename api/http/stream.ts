import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { Readable, Transform } from 'node:stream';
import type { Request, Response } from 'express';
import { Problem } from './problems';
import type { Reply } from './reply';

const inflaters: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/**
 * A request's body, inflated, chunk by chunk. The request outlives a reader that stops early: what is left is thrown
 * away, so that the answer still reaches the client.
 * @throws Problem unsupported-encoding, bad-request
 */
export async function* streamOf(req: Request): AsyncGenerator<Uint8Array> {
  const source = inflated(req);
  try {
    for await (const chunk of source.iterator({ destroyOnReturn: false })) yield chunk as Uint8Array; // no encoding is set
  } catch {
    throw new Problem('bad-request', 'The body broke off or could not be inflated.');
  } finally {
    req.unpipe();
    req.resume();
  }
}

function inflated(req: Request): Readable {
  const encoding = req.get('Content-Encoding')?.toLowerCase() ?? 'identity';
  if (encoding === 'identity') return req;
  const inflater = Object.hasOwn(inflaters, encoding) ? inflaters[encoding]?.() : undefined;
  if (!inflater) throw new Problem('unsupported-encoding', 'Use gzip, deflate, br or none.');
  req.once('error', (error) => inflater.destroy(error));
  return req.pipe(inflater);
}

/** Sends text as it is made. Once it has begun there is no other answer: what fails then breaks it off. */
export async function sendStream(res: Response, { type, content }: NonNullable<Reply['stream']>): Promise<void> {
  res.type(type);
  if (res.req.method === 'HEAD') {
    res.end();
    return;
  }
  await pipeline(content, res);
}
