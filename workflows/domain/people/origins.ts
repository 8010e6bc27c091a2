import type { Json } from '../json';

/** Where the value of a field came from, where it is not simply as somebody said it of this contact. */
export interface Origin {
  /** As it was said. */
  given?: Json;
  /** It follows from something else, and follows it on. */
  from?: 'company' | 'enrichment' | 'title' | 'group' | 'domain';
  /** It could not be read. */
  unclear?: true;
}

/** By field; traits as `traits.<name>`. */
export type Origins = Record<string, Origin>;

/** The field follows its company. */
export function followsCompany({ from }: Origin = {}): boolean {
  return from === 'company' || from === 'enrichment';
}

/** A copy in which the field has this origin, or the same where it has; an empty one is none. */
export function withOrigin(origins: Origins, field: string, origin: Origin): Origins {
  const { [field]: before, ...others } = origins;
  const said = Object.fromEntries(Object.entries(origin).filter(([, value]) => value !== undefined));
  const isNone = Object.keys(said).length === 0;
  if (isNone ? before === undefined : JSON.stringify(before) === JSON.stringify(said)) return origins;
  return isNone ? others : { ...others, [field]: said };
}
