import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { parse, stringify } from 'uuid';

/** What a browser brings along from a mail: which send its visitor came from. */
export interface Visit {
  sendId: string;
  /** Of this one click: whatever is recorded under it happens once. */
  nonce: string;
}

const LIFE_S = 15 * 60;
const SEND = 16;
const NONCE = 9;
const CLAIM = SEND + NONCE + 4;
const MAC = 16;

/**
 * Signs that somebody followed a link of this send just now. It names the send alone, and that as an id: who it went
 * to stands in the database, also after a merge.
 */
export function signVisit(sendId: string, now: Date, secret: Buffer): string {
  const claim = Buffer.alloc(CLAIM);
  claim.set(parse(sendId));
  claim.set(randomBytes(NONCE), SEND);
  claim.writeUInt32BE(Math.floor(now.getTime() / 1000) + LIFE_S, SEND + NONCE);
  return Buffer.concat([claim, macOf(claim, secret)]).toString('base64url');
}

/** Null for what we did not sign, and for what is over. */
export function readVisit(token: string, now: Date, secret: Buffer): Visit | null {
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.length !== CLAIM + MAC || bytes.toString('base64url') !== token) return null;
  const claim = bytes.subarray(0, CLAIM);
  if (!timingSafeEqual(bytes.subarray(CLAIM), macOf(claim, secret))) return null;
  if (claim.readUInt32BE(SEND + NONCE) * 1000 <= now.getTime()) return null;
  const nonce = claim.subarray(SEND, SEND + NONCE).toString('base64url');
  return { sendId: stringify(claim.subarray(0, SEND)), nonce };
}

function macOf(claim: Buffer, secret: Buffer): Buffer {
  return createHmac('sha256', secret).update(claim).digest().subarray(0, MAC);
}
