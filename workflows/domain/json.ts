/** What JSON can carry. Run state, payloads and event properties are of this type. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** The value as it goes over a wire or into a column of JSON: without keys that are undefined, dates as text. */
export function plainJson(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}
