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

/** The domain that an address shares with its colleagues'; null where it is nobody's work address. */
export function companyDomainOf(address: string): string | null {
  const host = hostOf(address);
  if (host === null || isWebmail(host)) return null;
  const domain = registeredDomain(host);
  return domain === null || isWebmail(domain) || isDisposable(host) ? null : domain;
}

/** What somebody calls a domain: "https://www.acme.test/about", "acme.test". Null for what is none. */
export function registeredDomain(text: string): string | null {
  const domain = domains().getDomain(text.trim().toLowerCase());
  return domain !== null && domain.length <= 253 && /^[a-z0-9.-]+$/.test(domain) ? domain : null;
}
