import { createHash } from 'node:crypto';
import { domainToASCII } from 'node:url';

/** An address as it is stored and compared: trimmed, lower-cased, its domain in ASCII. Plus tags stay. */
export function normaliseAddress(address: string): string {
  const plain = address.trim().toLowerCase();
  const at = plain.lastIndexOf('@');
  if (at < 0) return plain;
  const domain = plain.slice(at + 1);
  return `${plain.slice(0, at)}@${domainToASCII(domain) || domain}`;
}

/** What suppressions are keyed by: sha256 of the normalised address, in hex. It outlives the contact. */
export function addressHash(address: string): string {
  return createHash('sha256').update(normaliseAddress(address)).digest('hex');
}

/** Whether a normalised address can be mailed at all. Deliberately simple: the provider knows better than a pattern. */
export function isMailable(address: string): boolean {
  // eslint-disable-next-line no-control-regex -- control characters are what must be kept out
  return (
    address.length <= 254 && /^[^\s@<>",;:\\()[\]\u0000-\u001f\u007f]{1,64}@[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(address)
  );
}
