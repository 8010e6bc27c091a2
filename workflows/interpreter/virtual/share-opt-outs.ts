import { broughtBars, sharedBars, type RecordAddress } from '../../domain/merging/opt-outs';
import { personKey } from '../../domain/sending/opt-out';
import { endRuns } from './people';
import { addressesOf, barsIn, writeBar } from './suppressions';
import type { ContactRow, World } from './world';

/** As where an opt-out comes by itself: what one record brings to the other stands for both, and what it concerns leaves. */
export function shareOptOuts(world: World, stays: ContactRow, goes: ContactRow): void {
  const gone = personKey(goes.id);
  const own = [stays, goes]
    .flatMap((contact) => keysOf(world, contact))
    .map((one) => ({ ...one, goes: one.address === gone }));
  const apart = own.filter(
    (one, i) => own.findIndex(({ channel, address }) => channel === one.channel && address === one.address) === i,
  );
  const bars = barsIn(world);
  const brings = addressesOf(world, goes).length > 0 || bars.some(({ address }) => address === gone);
  for (const bar of brings ? sharedBars(apart, bars) : []) writeBar(world, bar);
  world.suppressions = world.suppressions.filter(({ address }) => address !== gone);
  for (const { record, bar } of broughtBars(own, bars)) if (bar.channel === 'email') endRuns(world, record, bar);
}

function keysOf(world: World, contact: ContactRow): (RecordAddress & { channel: 'email' | 'sms' })[] {
  const { id: record } = contact;
  const person = (['email', 'sms'] as const).map((channel) => ({ channel, address: personKey(record) }));
  return [...addressesOf(world, contact), ...person].map((one) => ({ ...one, record }));
}
