// What is known of countries, languages, phone numbers and domains comes from packages. They are asked for when first
// needed: together they take some 100 ms to load, and most processes never meet some of them.
declare const require: (name: string) => unknown;

export interface CountryNames {
  getSupportedLanguages(): string[];
  /** Code → name, or names. */
  getNames(language: string, options: { select: 'all' }): Record<string, string[]>;
  alpha3ToAlpha2(code: string): string | undefined;
  isValid(code: string): boolean;
}

export interface LanguageNames {
  langs(): string[];
  /** Code → name. */
  getNames(language: string): Record<string, string>;
  /** Two letters; undefined for what is no code. */
  toAlpha2(code: string): string | undefined;
  isValid(code: string): boolean;
}

export interface ParsedPhone {
  valid: boolean;
  number?: { e164: string };
}

export interface Phones {
  parsePhoneNumber(text: string, options: { regionCode?: string }): ParsedPhone;
}

export interface Domains {
  /** The host in an address, a URL or a name. */
  getHostname(text: string): string | null;
  /** Without subdomains; null for what has no domain that could be registered. */
  getDomain(host: string, options: { allowPrivateDomains: boolean }): string | null;
}

export function countryNames(): CountryNames {
  return require('i18n-iso-countries') as CountryNames;
}

export function languageNames(): LanguageNames {
  return require('@cospired/i18n-iso-languages') as LanguageNames;
}

export function phones(): Phones {
  return require('awesome-phonenumber') as Phones;
}

export function domains(): Domains {
  return require('tldts') as Domains;
}

/** Domains at which anybody may have an address. */
export function webmailDomains(): readonly string[] {
  return require('email-providers/all.json') as string[];
}

/** Domains of addresses that are thrown away after use. */
export function disposableDomains(): readonly string[] {
  return require('disposable-email-domains') as string[];
}

/** Domains every subdomain of which is such a one. */
export function disposableParents(): readonly string[] {
  return require('disposable-email-domains/wildcard.json') as string[];
}
