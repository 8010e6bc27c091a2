/** What may be wrong with the records of people, what it means and how it is mended. */
export interface HygieneCheck {
  title: string;
  fix: string;
  /** The API mends it by itself: `POST /v1/hygiene/:check/fix`. */
  isMended?: true;
}

export const hygieneChecks = {
  'hard-bounced': {
    title: 'Mail to the address came back for good',
    fix: 'Ask for another address and PATCH the contact. They get no mail until then.',
  },
  'invalid-address': {
    title: 'What stands as address is none',
    fix: 'PATCH the contact with the right address, or with null.',
  },
  disposable: {
    title: 'The address is of a provider whose addresses are thrown away',
    fix: 'Ask for a lasting address; PATCH the contact with null to stop mailing this one.',
  },
  'webmail-with-company': {
    title: 'A private address, though the contact names a company',
    fix: 'Ask for the work address: the company is found by its domain.',
  },
  'role-address': {
    title: 'The address is of a function (info@, sales@), not of a person',
    fix: 'Ask for a personal address.',
  },
  'unknown-country': {
    title: 'What stands as country is none that we know',
    fix: 'PATCH the contact with an ISO code or a name of the country; `fix` reads again what was said.',
    isMended: true,
  },
  'no-country': {
    title: 'Nobody knows where they are: the strictest rules hold',
    fix: 'Ask by a form, or PATCH the contact.',
  },
  unclear: {
    title: 'A field or declared trait holds what could not be read',
    fix: 'PATCH the field, or teach the settings (`industries`, `traits`) what is meant; then `fix` reads all of it again.',
    isMended: true,
  },
  'unread-title': {
    title: 'The job title says neither level nor field of work',
    fix: 'PATCH the title with a clearer one; `fix` reads titles of before, too.',
    isMended: true,
  },
  'no-company': {
    title: 'A work address without a company',
    fix: '`fix` makes the companies by their domains, and fills from them.',
    isMended: true,
  },
  'no-name': { title: 'An address and no name', fix: 'Ask by a form, or PATCH the contact.' },
  stale: {
    title: 'Nothing heard of them for 365 days',
    fix: 'Enroll them in a re-engagement journey, or erase them.',
  },
} as const satisfies Record<string, HygieneCheck>;
export type HygieneKey = keyof typeof hygieneChecks;

/** Mailboxes of functions, as the part before the @. */
export const roleNames = [
  ...['info', 'contact', 'kontakt', 'office', 'buero', 'sales', 'vertrieb', 'support', 'service', 'help', 'hello'],
  ...['admin', 'webmaster', 'postmaster', 'hostmaster', 'abuse', 'noreply', 'no-reply', 'billing', 'accounting'],
  ...['marketing', 'team', 'mail', 'jobs', 'hr', 'press', 'presse', 'einkauf', 'purchasing', 'ventas', 'commercial'],
];

export const STALE_DAYS = 365;
