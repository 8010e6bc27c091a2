import { bucketOf } from '../../bucket';
import type { JsonObject } from '../../../workflows/domain/json';
import type { Tx } from '../../client';
import { insertInside, type InsideRow } from '../pump/events';
import type { JoinRow } from './joining';
import type { MergeRecord } from './record';

export interface MergeToTell extends JoinRow {
  by: MergeRecord['by'];
  filled: JsonObject;
  /** What it followed from: the event that told so, or the merge itself. */
  cause: string;
  /** One more than those of the cause. */
  hops: number;
}

/** Tells the pump: scores are counted anew, conditions are asked again, and who waits for an address may have one. */
export function tellOfMerges(tx: Tx, merges: readonly MergeToTell[]): Promise<void> {
  return insertInside(
    tx,
    merges.flatMap((merge) => [mergedEvent(merge), ...updatedEvent(merge)]),
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

function to(contactId: string): Pick<InsideRow, 'contactId' | 'bucket'> {
  return { contactId, bucket: bucketOf(`contact:${contactId}`) };
}
