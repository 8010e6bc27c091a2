import { DateTime } from 'luxon';

/** An instant in ISO 8601; UTC where it names no zone. Null when it is not one. */
export function instantOf(text: string): Date | null {
  const parsed = DateTime.fromISO(text, { zone: 'utc' });
  if (!/^\d{4}-\d{2}-\d{2}/.test(text) || !parsed.isValid || parsed.year < 1970) return null;
  return parsed.toJSDate();
}

/**
 * When it happened by our clock. A client's clock may be wrong: what counts is how long before sending it happened.
 * Nothing happens after it has arrived.
 */
export function occurredAt(times: { timestamp: Date | null; sentAt: Date | null; receivedAt: Date }): Date {
  const { timestamp, sentAt, receivedAt } = times;
  if (!timestamp) return receivedAt;
  const skewMs = sentAt ? receivedAt.getTime() - sentAt.getTime() : 0;
  return new Date(Math.min(Math.max(timestamp.getTime() + skewMs, 0), receivedAt.getTime()));
}
