import { gravityOf, ownWords } from '../sending/opt-out';

/** An address of somebody, or its hash, or the key of the person: whatever the caller's suppressions are kept by. */
export interface OwnAddress {
  channel: string;
  address: string;
}

/** Of one of two records that become one. */
export interface RecordAddress extends OwnAddress {
  record: string;
  /** It goes with its record: what stands there counts, and nothing is written there. */
  goes?: boolean;
}

export interface Bar extends OwnAddress {
  scope: string;
  reason: string;
  /** When it was last said, epoch milliseconds. */
  at: number;
}

/**
 * What one of two records opted out of holds for the person: for every address they have on that channel, and for
 * themselves. Answers what is missing: of two reasons for the same the graver one, as of when it was said last.
 */
export function sharedBars<B extends Bar>(
  addresses: readonly Omit<RecordAddress, 'record'>[],
  bars: readonly B[],
): B[] {
  return saidAt(addresses, bars).flatMap((bar) =>
    addresses
      .filter(({ channel, goes }) => channel === bar.channel && goes !== true)
      .filter((one) => !bars.some((other) => isAt(other, one) && isSame(other, bar) && isAsStrong(other, bar)))
      .map(({ address }) => ({ ...bar, address })),
  );
}

/** By record, what the other one opted out of and it did not: its journeys about that end. */
export function broughtBars<B extends Bar>(
  addresses: readonly RecordAddress[],
  bars: readonly B[],
): { record: string; bar: B }[] {
  const said = saidAt(addresses, bars);
  return [...new Set(addresses.map(({ record }) => record))].flatMap((record) => {
    const own = saidAt(
      addresses.filter((one) => one.record === record),
      bars,
    );
    return said.filter((bar) => !own.some((other) => isSame(other, bar))).map((bar) => ({ record, bar }));
  });
}

/**
 * Of what is brought by mail to a record, what that one has come back from an opt-out of its own since, at these instants:
 * the person says it again then. Otherwise mail would be barred, and the score, which goes by the order of instants, not.
 */
export function saidAgain<B extends Bar>(
  brought: readonly { record: string; bar: B }[],
  backAt: ReadonlyMap<string, number>,
): B[] {
  return brought.flatMap(({ record, bar }) => {
    const at = backAt.get(record);
    return bar.channel === 'email' && at !== undefined && at > bar.at ? [{ ...bar, at }] : [];
  });
}

/** What was said at these addresses, each once: the gravest, as of the last time. */
function saidAt<B extends Bar>(addresses: readonly OwnAddress[], bars: readonly B[]): B[] {
  const said = bars.filter((bar) => ownWords.includes(bar.reason) && addresses.some((one) => isAt(bar, one)));
  return [...said]
    .sort((a, b) => gravityOf(b.reason) - gravityOf(a.reason) || b.at - a.at)
    .filter((bar, i, all) => all.findIndex((other) => isSame(other, bar)) === i);
}

function isAt(bar: OwnAddress, { channel, address }: OwnAddress): boolean {
  return bar.channel === channel && bar.address === address;
}

/** About the same, at whatever address. */
function isSame(a: Bar, b: Bar): boolean {
  return a.channel === b.channel && a.scope === b.scope;
}

/** A consent may end one that is older where it does not end the other. */
function isAsStrong(a: Bar, b: Bar): boolean {
  return gravityOf(a.reason) > gravityOf(b.reason) || (a.reason === b.reason && a.at >= b.at);
}
