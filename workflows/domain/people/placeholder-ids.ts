/** What programs send where they know nobody: whoever has one of these would be the same person as all others. */
const placeholders: ReadonlySet<string> = new Set([
  ...['anonymous', 'anonymousid', 'anonymous_id', 'guest', 'unknown', 'nobody', 'not_authenticated', 'not_logged_in'],
  ...['null', 'nil', 'none', 'undefined', 'nan', 'false', 'true', '[object object]', '{}', '[]', '0', '-1', '-', 'n/a'],
  ...['id', 'userid', 'user_id', 'distinct_id', 'distinctid', 'email'],
  '00000000-0000-0000-0000-000000000000',
]);

/** Whether this is the id of nobody. Case and blanks around it do not count. */
export function isPlaceholderId(id: string): boolean {
  return placeholders.has(id.trim().toLowerCase());
}
