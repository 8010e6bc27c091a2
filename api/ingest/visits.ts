import type { Db } from '../../prisma/client';
import type { NewEvent } from '../../prisma/stores/events';
import { readOwners, type Owner } from '../../prisma/stores/pump/identities';
import { readRecipients } from '../../prisma/stores/recipients';
import { readSecret } from '../../prisma/stores/secrets';
import { readVisit, signVisit, type Visit } from './visit-token';

/** Joins a click in a mail and the visit that follows it. */
export interface Visits {
  /** A token for the address that a click leads to. */
  sign: (sendId: string, now: Date) => Promise<string>;
  /** The events that tell who the visitors with these tokens are, each before the event that brought its token. */
  withRecognised: (events: readonly BroughtEvent[], now: Date) => Promise<NewEvent[]>;
}

/** An event, and the token that came with it. */
export interface BroughtEvent {
  event: NewEvent;
  token: string | null;
}

export function createVisits(db: Db): Visits {
  let secret: Promise<Buffer> | null = null;
  const known = (): Promise<Buffer> => {
    secret ??= readSecret(db, 'visits');
    secret.catch(() => (secret = null)); // the database was away
    return secret;
  };
  return {
    sign: async (sendId, now) => signVisit(sendId, now, await known()),
    withRecognised: async (events, now) => {
      if (events.every(({ token }) => token === null)) return events.map(({ event }) => event);
      const key = await known();
      const visits = events.map(({ event, token }) =>
        token === null ? null : visitOf(event, readVisit(token, now, key)),
      );
      const recipients = await readRecipients(
        db,
        visits.flatMap((visit) => visit?.sendId ?? []),
      );
      const keys = events.flatMap(({ event }, i) => (visits[i] ? event.keys : []));
      const people = { recipients, owners: await readOwners(db, keys) };
      return events.flatMap(({ event }, i) => [...recognised(event, visits[i] ?? null, people), event]);
    },
  };
}

/** An event that says itself who it is about needs no mail to tell. */
function visitOf({ keys }: NewEvent, visit: Visit | null): Visit | null {
  return keys.every((key) => key.startsWith('anonymous:')) ? visit : null;
}

interface People {
  /** Of sends. */
  recipients: ReadonlyMap<string, string>;
  /** Of the visitors' ids. */
  owners: ReadonlyMap<string, Owner>;
}

/**
 * The pump gives the visitor's id to the contact, or joins what is known of an anonymous visitor. Who is known to be somebody
 * else has opened another's mail: nothing is told. Under the nonce of the click it counts once: a second browser with the
 * same token changes nothing.
 */
function recognised(event: NewEvent, visit: Visit | null, { recipients, owners }: People): NewEvent[] {
  const contactId = visit && recipients.get(visit.sendId);
  if (!visit || !contactId) return [];
  const isSomebodyElse = event.keys.some((key) => owners.get(key)?.known && owners.get(key)?.contactId !== contactId);
  if (isSomebodyElse) return [];
  const { keys, occurredAt } = event;
  return [
    {
      ...{ origin: 'visit', messageId: visit.nonce, type: 'contact.recognised', sendId: visit.sendId, occurredAt },
      ...{ keys: [`contact:${contactId}`, ...keys], fromBrowser: false, properties: {}, traits: {}, context: {} },
    },
  ];
}
