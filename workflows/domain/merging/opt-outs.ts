import { gravityOf } from '../sending/opt-out';

/** An address of somebody, or its hash: whatever the caller's suppressions are keyed by. */
export interface OwnAddress {
  channel: string;
  address: string;
}

export interface Bar extends OwnAddress {
  scope: string;
  reason: string;
}

/** What a person said. A bounce is about one address. */
const said: readonly string[] = ['unsubscribed', 'complained'];

/**
 * What one of two records opted out of holds for the person: for every address they have on that channel. Answers what is
 * missing; of two reasons for the same, the graver one.
 */
export function sharedBars<B extends Bar>(addresses: readonly OwnAddress[], bars: readonly B[]): B[] {
  const own = bars.filter((bar) => said.includes(bar.reason) && addresses.some((one) => isAt(bar, one)));
  const gravest = [...own]
    .sort((a, b) => gravityOf(b.reason) - gravityOf(a.reason))
    .filter((bar, i, all) => all.findIndex((other) => isSame(other, bar)) === i);
  return gravest.flatMap((bar) =>
    addresses
      .filter(({ channel }) => channel === bar.channel)
      .filter((one) => !bars.some((other) => isAt(other, one) && isSame(other, bar) && isAsGrave(other, bar)))
      .map(({ address }) => ({ ...bar, address })),
  );
}

function isAt(bar: OwnAddress, { channel, address }: OwnAddress): boolean {
  return bar.channel === channel && bar.address === address;
}

/** About the same, at whatever address. */
function isSame(a: Bar, b: Bar): boolean {
  return a.channel === b.channel && a.scope === b.scope;
}

function isAsGrave(a: Bar, b: Bar): boolean {
  return gravityOf(a.reason) >= gravityOf(b.reason);
}
