import { phones } from './packages';

/**
 * A phone number as E.164. One without a country code needs the country it is of (ISO 3166). Null for what is no number
 * that somebody could have.
 */
export function phoneOf(text: string, country: string | null): string | null {
  const plain = text
    .trim()
    .replace(/^tel:/i, '')
    .replace(/^00(?=[1-9])/, '+')
    // "+49 (0) 151": for those who call from within the country.
    .replace(/^(\+\d{1,3})\s*\(0\)/, '$1 ');
  const region = country !== null && /^[A-Z]{2}$/.test(country) ? { regionCode: country } : {};
  const parsed = phones().parsePhoneNumber(plain, region);
  return parsed.valid && parsed.number ? parsed.number.e164 : null;
}
