import { isIP } from 'node:net';

/** Why an endpoint may not stand there, or null. What a name leads to is checked whenever it is called. */
export function urlFault(url: string, allowedHosts: readonly string[]): string | null {
  if (url === 'capture:') return null;
  if (!URL.canParse(url)) return 'It is not a URL.';
  const { protocol, hostname, username, password } = new URL(url);
  if (username !== '' || password !== '') return 'It carries a user name or a password.';
  if (allowedHosts.includes(hostname)) return /^https?:$/.test(protocol) ? null : 'It must begin with https://.';
  if (protocol !== 'https:') return 'It must begin with https://, unless its host is named in ENDPOINT_HOSTS.';
  const bare = hostname.replace(/^\[|\]$/g, '');
  if (isIP(bare) !== 0 || !hostname.includes('.')) return 'It must name a public host, unless ENDPOINT_HOSTS names it.';
  return null;
}
