/** What JSON can carry. Run state, payloads and event properties are of this type. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };
