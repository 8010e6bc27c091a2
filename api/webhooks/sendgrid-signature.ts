import { createPublicKey, verify, type KeyObject } from 'node:crypto';

/** Public keys as SendGrid shows them: base64 of SPKI DER. Throws at start-up for one that is none. */
export function readPublicKeys(keys: readonly string[]): KeyObject[] {
  return keys.map((key) => createPublicKey({ key: Buffer.from(key, 'base64'), format: 'der', type: 'spki' }));
}

export interface Signed {
  /** The bytes as they came, line breaks included: the signature covers those. */
  body: Buffer;
  signature: string;
  timestamp: string;
}

/** Whether one of the keys signed it. Several are valid at once while keys are changed. */
export function isSigned({ body, signature, timestamp }: Signed, keys: readonly KeyObject[]): boolean {
  const bytes = Buffer.concat([Buffer.from(timestamp), body]);
  const raw = Buffer.from(signature, 'base64');
  return keys.some((key) => verify('sha256', bytes, key, raw));
}
