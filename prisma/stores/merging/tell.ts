import { bucketOf } from '../../bucket';
import type { JsonObject } from '../../../workflows/domain/json';
import type { Tx } from '../../client';
import { insertInside, type InsideRow } from '../pump/events';
import type { JoinRow } from './joining';
import type { MergeRecord } from './record';

export interface MergeToTell extends JoinRow {
  by: MergeRecord['by'];
  filled: JsonObject;
  again: readonly { scope: string; at: number }[];
  /** What it followed from: the event that told so, or the merge itself. */
  cause: string;
  /** One more than those of the cause. */
  hops: number;
}

/** Tells the pump: scores are counted anew, conditions are asked again, and who waits for an address may have one. */
export function tellOfMerges(tx: Tx, merges: readonly MergeToTell[]): Promise<void> {
  return insertInside(
    tx,
    merges.flatMap((merge) => [mergedEvent(merge), ...updatedEvent(merge), ...saidAgain(merge)]),
  );
}

function mergedEvent({ from, into, by, cause, hops }: MergeToTell): InsideRow {
  const messageId = `contact.merged:${from}:${cause}`;
  return { ...to(into), type: 'contact.merged', messageId, properties: { from, by }, hops };
}

function updatedEvent({ from, into, filled, cause, hops }: MergeToTell): InsideRow[] {
  const changed = Object.keys(filled);
  if (changed.length === 0) return [];
  const messageId = `contact.updated:${into}:merged:${from}:${cause}`;
  return [{ ...to(into), type: 'contact.updated', messageId, properties: { changed, values: filled }, hops }];
}

/** Scores and the ledger hear of an opt-out that stands again. */
function saidAgain({ from, into, again, cause, hops }: MergeToTell): InsideRow[] {
  return again.map(({ scope, at }) => {
    const messageId = `email.unsubscribed:${from}:${cause}:${scope}`;
    const properties: JsonObject = scope === 'global' ? {} : { topic: scope.slice('topic:'.length) };
    return { ...to(into), type: 'email.unsubscribed', messageId, properties, hops, at };
  });
}

function to(contactId: string): Pick<InsideRow, 'contactId' | 'bucket'> {
  return { contactId, bucket: bucketOf(`contact:${contactId}`) };
}
