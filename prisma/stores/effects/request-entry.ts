import { entryRequest, type EntryAsked } from '../../../workflows/domain/entry-request';
import type { Tx } from '../../client';
import { insideEvent } from './inside-events';
import type { Reading } from './reading';

/** Asks another journey to take the contact, one hop further from what happened outside. */
export async function requestEntry(tx: Tx, reading: Reading, asked: EntryAsked): Promise<void> {
  const { contactId, hops, at } = reading;
  await insideEvent(tx, { ...entryRequest(asked, reading), contactId, hops: hops + 1, at });
}
