import { createHmac, timingSafeEqual } from 'node:crypto';

/** Whether Twilio sent these fields to this URL: HMAC-SHA1 over the URL and the sorted fields, in base64. */
export function isTwilioSigned(
  { url, fields, signature }: { url: string; fields: URLSearchParams; signature: string },
  authToken: string,
): boolean {
  const names = [...new Set(fields.keys())].sort();
  const text = names
    .map((name) =>
      [...new Set(fields.getAll(name))]
        .sort()
        .map((value) => name + value)
        .join(''),
    )
    .join('');
  const expected = createHmac('sha1', authToken)
    .update(url + text, 'utf8')
    .digest();
  const given = Buffer.from(signature, 'base64');
  return given.length === expected.length && timingSafeEqual(given, expected);
}
