import { entryRequest, type EntryAsked } from '../../domain/entry-request';
import type { Reading } from './reading';
import { insideEvent } from './record';

/** Asks another journey to take the contact. */
export function requestEntry({ world, enrollment, contact }: Reading, asked: EntryAsked): void {
  const { id: enrollmentId, journeyKey, entry } = enrollment;
  insideEvent(world, { ...entryRequest(asked, { enrollmentId, journeyKey, entry }), contactId: contact.id });
}
