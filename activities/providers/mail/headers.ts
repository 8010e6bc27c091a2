/** Names a message may carry; the rest belongs to the provider, or would be read as something else. */
const allowed = /^(list-unsubscribe|list-unsubscribe-post|in-reply-to|references|x-[a-z0-9-]+)$/i;
const reserved = /^x-(sg-|smtpapi)/i;

/** Why these headers may not go out, or null. A value with a line break would become a header of its own. */
export function headerFault(headers: Record<string, string>): string | null {
  for (const [name, value] of Object.entries(headers)) {
    if (!allowed.test(name) || reserved.test(name)) return `header ${printable(name)} is not allowed`;
    if (!/^[\x20-\x7e]*$/.test(value)) return `header ${name} has characters other than printable ASCII`;
  }
  return null;
}

function printable(name: string): string {
  return JSON.stringify(name.slice(0, 60));
}
