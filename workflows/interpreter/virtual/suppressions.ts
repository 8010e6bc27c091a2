import { gravityOf, personKey } from '../../domain/sending/opt-out';
import type { Channel } from '../../domain/sending/channel';
import type { ConsentChannel } from '../../domain/consent/consent';
import type { ContactRow, SuppressionRow, World } from './world';

export type Bar = SuppressionRow & { channel: Channel; at: number };

/** Every address and number of somebody. */
export function addressesOf(
  { identities }: World,
  { id, fields }: ContactRow,
): { channel: ConsentChannel; address: string }[] {
  const { email, phone } = fields;
  const keys = [...identities].flatMap(([key, owner]) =>
    owner === id && key.startsWith('email:') ? key.slice('email:'.length) : [],
  );
  const mails = new Set([...keys, ...(typeof email === 'string' ? [email] : [])]);
  return [
    ...[...mails].map((address) => ({ channel: 'email' as const, address })),
    ...(typeof phone === 'string' ? [{ channel: 'sms' as const, address: phone }] : []),
  ];
}

/** Of mail unless a row says otherwise; what has no date is ended by nothing. */
export function barsIn({ suppressions }: World): Bar[] {
  return suppressions.map((row) => ({ ...row, channel: row.channel ?? 'email', at: row.at ?? Infinity }));
}

/** What stands against mail to somebody: at the address that they have now, and at themselves. */
export function standingAgainst({ suppressions }: World, { id, fields }: ContactRow): SuppressionRow[] {
  const keys = [fields['email'], personKey(id)];
  return suppressions.filter(({ channel = 'email', address }) => channel === 'email' && keys.includes(address));
}

/** What stands against mail at the other addresses of theirs. */
export function standingElsewhere(world: World, contact: ContactRow): SuppressionRow[] {
  const now = standingAgainst(world, contact);
  const mails = addressesOf(world, contact).filter(({ channel }) => channel === 'email');
  return world.suppressions.filter(
    (row) =>
      (row.channel ?? 'email') === 'email' &&
      mails.some(({ address }) => address === row.address) &&
      !now.includes(row),
  );
}

/** A graver reason takes the place of another; said again, it counts from then. */
export function writeBar(world: World, { channel, address, scope, reason, at }: Bar): void {
  const known = world.suppressions.find(
    (row) => (row.channel ?? 'email') === channel && row.address === address && row.scope === scope,
  );
  if (!known) world.suppressions.push({ channel, address, scope, reason, at });
  else {
    if (gravityOf(reason) > gravityOf(known.reason)) known.reason = reason;
    known.at = Math.max(at, known.at ?? Infinity);
  }
}
