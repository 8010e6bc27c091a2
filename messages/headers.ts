/**
 * The headers a mail carries: one-click unsubscribe as RFC 8058 wants it, and the send it belongs to.
 * Relays encode a List-Unsubscribe of 78 bytes or more, and mail programs then miss it: keep the public URL short.
 */
export function messageHeaders(sendId: string, unsubscribeUrl: string): Record<string, string> {
  return {
    'List-Unsubscribe': `<${unsubscribeUrl}>`,
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    'X-Nurture-Send-Id': sendId,
  };
}

/** Of a note to staff: nobody unsubscribes from work. */
export function noteHeaders(sendId: string): Record<string, string> {
  return { 'X-Nurture-Send-Id': sendId };
}

/** Where the person of a token unsubscribes. */
export function unsubscribeUrl(publicUrl: string, token: string): string {
  return `${publicUrl}/u/${token}`;
}

/** Where a tracked link leads first. */
export function clickUrl(publicUrl: string, token: string): string {
  return `${publicUrl}/c/${token}`;
}
