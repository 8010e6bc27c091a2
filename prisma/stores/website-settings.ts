import { getDomain } from 'tldts';
import { z } from 'zod';

/** Where pages stand: an origin, or any subdomain of one. */
export const websiteOrigin = z
  .string()
  .max(300)
  .refine(isOrigin, 'an origin such as "https://www.example.com", or "https://*.example.com" for its subdomains');

/** What the script of the website may do, and where it may run. */
export const websiteSettings = z.strictObject({
  /** Sites whose pages may send from a browser, and whose links join mail and visit. None named: any page may send. */
  origins: z.array(websiteOrigin).max(200).default([]),
  /** `after-consent`: nothing is stored in a browser, and nothing sent, before its user agreed. */
  cookies: z.enum(['always', 'after-consent']).default('always'),
  /** Global Privacy Control and Do Not Track count as "only after consent". */
  privacySignals: z.boolean().default(true),
  /** A click in a mail joins the browser's visits to the contact. */
  recogniseClicks: z.boolean().default(true),
});

export type WebsiteSettings = z.output<typeof websiteSettings>;

export const defaultWebsite: WebsiteSettings = websiteSettings.parse({});

/** Scheme, host and port as browsers write them; `*.` stands for one label or more, never for a public suffix. */
function isOrigin(text: string): boolean {
  const plain = text.replace('://*.', '://');
  if (!/^https?:\/\/[^*]+$/.test(plain) || !URL.canParse(plain) || new URL(plain).origin !== plain) return false;
  return plain === text || getDomain(new URL(plain).hostname) !== null;
}
