import { broughtBars, saidAgain, sharedBars, type RecordAddress } from '../../domain/merging/opt-outs';
import { personKey } from '../../domain/sending/opt-out';
import { endRuns } from './people';
import { addressesOf, barsIn, writeBar } from './suppressions';
import type { ContactRow, World } from './world';

/**
 * As where an opt-out comes by itself: what one record brings to the other stands for both, and what it concerns leaves.
 * Answers the scopes that are said again.
 */
export function shareOptOuts(world: World, stays: ContactRow, goes: ContactRow): string[] {
  const gone = personKey(goes.id);
  const own = [stays, goes]
    .flatMap((contact) => keysOf(world, contact))
    .map((one) => ({ ...one, goes: one.address === gone }));
  const apart = own.filter(
    (one, i) => own.findIndex(({ channel, address }) => channel === one.channel && address === one.address) === i,
  );
  const bars = barsIn(world);
  const brings = addressesOf(world, goes).length > 0 || bars.some(({ address }) => address === gone);
  const brought = broughtBars(own, bars);
  const again = saidAgain(brought, backAt(world));
  const repeated = again.map((bar) => ({ ...bar, address: gone }));
  for (const bar of brings || again.length > 0 ? sharedBars(apart, [...bars, ...repeated]) : []) writeBar(world, bar);
  world.suppressions = world.suppressions.filter(({ address }) => address !== gone);
  for (const { record, bar } of brought) if (bar.channel === 'email') endRuns(world, record, bar);
  return again.map(({ scope }) => scope);
}

/** When people last came back from an opt-out of theirs. */
function backAt({ events }: World): Map<string, number> {
  const back = events.filter(({ type, turn }) => type === 'contact.resubscribed' && turn !== null);
  return new Map(back.flatMap(({ contactId, receivedAt }) => (contactId === null ? [] : [[contactId, receivedAt]])));
}

function keysOf(world: World, contact: ContactRow): (RecordAddress & { channel: 'email' | 'sms' })[] {
  const { id: record } = contact;
  const person = (['email', 'sms'] as const).map((channel) => ({ channel, address: personKey(record) }));
  return [...addressesOf(world, contact), ...person].map((one) => ({ ...one, record }));
}
