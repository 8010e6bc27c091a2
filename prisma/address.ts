import { createHash } from 'node:crypto';
import { domainToASCII } from 'node:url';

export { isMailable } from '../workflows/domain/sending/mailable';

/** An address as it is stored and compared: trimmed, lower-cased, its domain in ASCII. Plus tags stay. */
export function normaliseAddress(address: string): string {
  const plain = address.trim().toLowerCase();
  const at = plain.lastIndexOf('@');
  if (at < 0) return plain;
  const domain = plain.slice(at + 1);
  return `${plain.slice(0, at)}@${domainToASCII(domain) || domain}`;
}

/** A domain as it is stored; null where ASCII cannot write it. */
export function asciiDomain(domain: string): string | null {
  const ascii = domainToASCII(domain);
  return ascii.length <= 253 && /^[a-z0-9.-]+$/.test(ascii) ? ascii : null;
}

/** What suppressions are keyed by: sha256 of the normalised address, in hex. It outlives the contact. */
export function addressHash(address: string): string {
  return createHash('sha256').update(normaliseAddress(address)).digest('hex');
}
