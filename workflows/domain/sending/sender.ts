import { ownerAmong, type Rep } from '../staff';

export interface Sender {
  key?: string | undefined;
  email: string;
  name: string;
  verified: boolean;
}

export interface ChosenSender {
  /** `owner`, a sender's key, or `default`. */
  by: string;
  /** Null: whom the settings name first, or the configuration. */
  from: { email: string; name: string } | null;
}

/**
 * Who a mail comes from: the first of `wanted` that exists and is verified, else the default. A rep counts as verified
 * unless a sender of the same address says otherwise.
 */
export function chooseSender(
  wanted: readonly string[],
  from: { owner: string | null; reps: readonly Rep[]; senders: readonly Sender[] },
): ChosenSender {
  for (const by of wanted) {
    const found = by === 'owner' ? ownerSender(from) : from.senders.find(({ key, verified }) => key === by && verified);
    if (found) return { by, from: { email: found.email, name: found.name } };
  }
  const first = from.senders.find(({ verified }) => verified);
  return { by: 'default', from: first ? { email: first.email, name: first.name } : null };
}

function ownerSender(from: Parameters<typeof chooseSender>[1]): Rep | null {
  const rep = ownerAmong(from.reps, from.owner);
  const isRefused = from.senders.some(
    ({ email, verified }) => !verified && email.toLowerCase() === rep?.email.toLowerCase(),
  );
  return isRefused ? null : rep;
}
