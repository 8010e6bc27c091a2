import { valueAt } from './conditions/values';
import type { Json, JsonObject } from './json';

/** Values as a document gives them, with those of the entry event filled in. */
export function filledValues(values: JsonObject, entry: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, filledValue(value, entry)]));
}

/** `{entry: path}` stands for the entry event's property; null where it has none. */
export function filledValue(value: Json, entry: JsonObject): Json {
  const path = entryPath(value);
  return path === null ? value : valueAt(entry, path);
}

/** The path of an `{entry: path}`; null for any other value. */
export function entryPath(value: Json): string | null {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return null;
  const { entry } = value;
  return typeof entry === 'string' && Object.keys(value).length === 1 ? entry : null;
}
