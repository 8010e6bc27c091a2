import { isMailable, normaliseAddress } from '../../prisma/address';
import { eventIdOf } from '../../prisma/stores/imports';
import type { NewEvent } from '../../prisma/stores/events';
import type { ImportInput } from '../../workflows/contract/import';
import { startingNobody } from '../../workflows/domain/entries/starts-nobody';
import type { JsonObject } from '../../workflows/domain/json';
import { readRow, type PersonOfRow, type StagedRow } from '../../workflows/domain/importing/row';

export type FileRowRead =
  | { kind: 'refused'; reason: string }
  /** The address as it is stored. */
  | { kind: 'person'; person: PersonOfRow; keys: string[] };

/** What a row comes to, its address looked at. */
export function readFileRow(row: StagedRow, input: ImportInput): FileRowRead {
  const read = readRow(row, input);
  if (read.kind === 'refused') return read;
  const email = read.person.email === null ? null : normaliseAddress(read.person.email);
  if (email !== null && !isMailable(email)) return { kind: 'refused', reason: 'It has no e-mail address as they are.' };
  const person = { ...read.person, email };
  const user = person.externalId === null ? [] : [`user:${person.externalId}`];
  return { kind: 'person', person, keys: [...user, ...(email === null ? [] : [`email:${email}`])] };
}

/** A server's word about one person; the line makes it exist once. */
export function eventOf(
  { person, keys }: { person: PersonOfRow; keys: string[] },
  { job, line, input }: { job: string; line: number; input: ImportInput },
): NewEvent {
  const { email, consent, optOut } = person;
  const traits = { ...person.traits, ...(email !== null && { email }), ...(consent && { consent }) };
  const of: JsonObject = {
    ...{ job, line, marketing: input.marketing, ...(input.source !== null && { source: input.source }) },
    ...(optOut && { optOut: { ...optOut } }),
    ...(input.journeys === false && startingNobody.import),
  };
  return {
    ...{ origin: 'import', messageId: eventIdOf(job, line), type: 'contact.identified' },
    ...{ keys, properties: {}, traits, context: { import: of }, fromBrowser: false, occurredAt: new Date(input.at) },
  };
}
