import type { DerivedField, TextField } from '../contact-fields';
import type { Json, JsonObject } from '../json';

/** New values of a contact. */
export interface ContactPatch {
  fields: { [name in TextField | DerivedField | 'email']?: string | null } & { targetAccount?: boolean | null };
  /** A null removes the trait. */
  traits: JsonObject;
}

/** What a patch changes, with the new value; traits as `traits.<name>`. `before` has `traits` among the fields. */
export function changesOf(before: Record<string, Json>, { fields, traits }: ContactPatch): Record<string, Json> {
  const known = traitsOf(before);
  return Object.fromEntries([
    ...Object.entries(fields)
      .filter(([name, value]) => differs(before[name], value))
      .map(([name, value]) => [name, value ?? null] as const),
    ...Object.entries(traits)
      .filter(([name, value]) => differs(own(known, name), value))
      .map(([name, value]) => [`traits.${name}`, value] as const),
  ]);
}

/** A contact's traits with those of a patch. */
export function patchedTraits(before: Record<string, Json>, traits: JsonObject): JsonObject {
  const merged = { ...traitsOf(before), ...traits };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null));
}

export function traitsOf({ traits }: Record<string, Json>): JsonObject {
  return traits !== null && typeof traits === 'object' && !Array.isArray(traits) ? traits : {};
}

function own(values: JsonObject, name: string): Json {
  return Object.hasOwn(values, name) ? (values[name] ?? null) : null;
}

function differs(a: Json | undefined, b: Json | undefined): boolean {
  return JSON.stringify(a ?? null) !== JSON.stringify(b ?? null);
}
