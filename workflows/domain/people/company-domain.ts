import { disposableDomains, disposableParents, domains, webmailDomains } from './packages';

/** Providers of mailboxes that the list lacks, and those of the networks that people have at home. */
const furtherWebmail = ['proton.me', 'pm.me', 'hey.com', 'duck.com', 'tutanota.com', 'mailbox.org', 'posteo.de'];

let webmail: Set<string> | null = null;
let disposable: { domains: Set<string>; parents: Set<string> } | null = null;

/** Where anybody may have an address: it says nothing of where somebody works. */
export function isWebmail(domain: string): boolean {
  webmail ??= new Set([...webmailDomains(), ...furtherWebmail]);
  return webmail.has(domain);
}

/** Whose addresses are thrown away after use, the domain or one above it. */
export function isDisposable(domain: string): boolean {
  disposable ??= { domains: new Set(disposableDomains()), parents: new Set(disposableParents()) };
  const { domains: known, parents } = disposable;
  const labels = domain.split('.');
  return labels.some((_, i) => {
    const above = labels.slice(i).join('.');
    return known.has(above) || parents.has(above);
  });
}

/** The part behind the @, lower case; null where there is none. */
export function hostOf(address: string): string | null {
  const at = address.lastIndexOf('@');
  const host = address
    .slice(at + 1)
    .trim()
    .toLowerCase();
  return at < 1 || host === '' ? null : host;
}

/** The domain that a stored address shares with its colleagues'; null where it is nobody's work address. */
export function companyDomainOf(address: string): string | null {
  const host = hostOf(address);
  if (host === null || isWebmail(host)) return null;
  const domain = ownDomain(host);
  return domain === null || isDisposable(host) || !isStored(domain) ? null : domain;
}

/** As addresses are stored: in ASCII. */
function isStored(domain: string): boolean {
  return /^[a-z0-9.-]+$/.test(domain);
}

/** Where every customer has a name of its own, though no list of suffixes says so. */
const tenants = 'onmicrosoft.com';

/**
 * What somebody calls a domain, in the letters in which they write it: "https://www.acme.test/about", "acme.test". What
 * lies under a suffix that anybody may register under (`uk.com`, `github.io`) is a domain, the suffix itself is none.
 */
export function registeredDomain(text: string): string | null {
  const plain = text.trim().toLowerCase();
  const domain = domains().getDomain(plain, { allowPrivateDomains: true });
  if (domain === tenants) return tenantIn(domains().getHostname(plain) ?? '');
  return domain !== null && domain.length <= 253 && /^[\p{L}\p{M}\p{N}.-]+$/u.test(domain) ? domain : null;
}

/** `acme.onmicrosoft.com` and `acme.mail.onmicrosoft.com` are of the same one. */
function tenantIn(host: string): string | null {
  const labels = host.slice(0, -tenants.length).split('.').slice(0, -1);
  const name = labels.at(-1) === 'mail' ? labels.at(-2) : labels.at(-1);
  return name === undefined || name === '' ? null : `${name}.${tenants}`;
}

/** Pages of anybody: an address there is no domain of whoever says that it is their website. */
const sharedSites = new Set([
  ...['facebook.com', 'instagram.com', 'linkedin.com', 'x.com', 'twitter.com', 'youtube.com', 'tiktok.com', 'xing.com'],
  ...['threads.net', 'pinterest.com', 'google.com', 'g.page', 'linktr.ee', 'medium.com', 'etsy.com', 'amazon.com'],
]);

/** The domain that a company says is its own; null for what is none, or everybody's. */
export function ownDomain(text: string): string | null {
  const domain = registeredDomain(text);
  return domain === null || isWebmail(domain) || isDisposable(domain) ? null : domain;
}

/** The domain of what a company says is its website. */
export function websiteDomain(text: string): string | null {
  const domain = ownDomain(text);
  return domain === null || sharedSites.has(domain) ? null : domain;
}
