import type { CompanySaid } from '../../../workflows/domain/people/company';

/** What a provider knows of a company, as it says it. */
export type CompanyFacts = Pick<CompanySaid['fields'], 'name' | 'industry' | 'companySize' | 'country'>;

export type EnrichmentAnswer =
  | { kind: 'found'; facts: CompanyFacts }
  /** It knows nothing of this domain. */
  | { kind: 'unknown' }
  /** It could not answer now: once more after so many milliseconds. */
  | { kind: 'later'; afterMs: number; why: string }
  /** Its answer about this domain cannot be read. */
  | { kind: 'unreadable'; why: string }
  /** It does not let us ask: a person must see to it. */
  | { kind: 'refused'; why: string };

/** Whoever can be asked about companies by their domains. */
export interface EnrichmentPort {
  /** Names its answers in the cache. */
  name: string;
  about(domain: string): Promise<EnrichmentAnswer>;
}
