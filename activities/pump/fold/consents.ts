import { addressHash } from '../../../prisma/address';
import {
  consentsIn,
  endedBy,
  mayLift,
  maySayConsent,
  withdrawnBy,
  withdrawnOf,
  type ConsentGiven,
} from '../../../workflows/domain/consent/consent';
import { personKey } from '../../../workflows/domain/sending/opt-out';
import type { Folding } from './folding';

/** Writes down what an event says that the person agreed to, or took back, and ends the opt-outs that it came after. */
export function noteConsents(folding: Folding): void {
  noteWithdrawal(folding);
  if (!maySayConsent(folding.event)) return;
  const given = consentsIn(folding.event.traits.consent).map((consent) => note(folding, consent));
  const toMail = given.filter(({ channel }) => channel === 'email');
  if (toMail.length > 0) lift(folding, toMail);
}

function noteWithdrawal({ subject, event, changes }: Folding): void {
  const withdrawn = withdrawnBy(event);
  if (!withdrawn) return;
  const evidence = { text: null, source: event.origin, eventSeq: event.seq, at: event.occurredAt };
  changes.consents.push({ contactId: subject.id, ...withdrawn, state: 'withdrawn', ...evidence });
  if (withdrawn.channel === 'email') subject.withdrawn.push(withdrawnOf({ ...withdrawn, at: event.occurredAt }));
}

interface Noted {
  channel: string;
  topic: string;
  at: number;
}

function note({ subject, event, changes }: Folding, consent: ConsentGiven): Noted {
  const { channel, topic, text } = consent;
  // Nobody has agreed before they could be heard.
  const at = Math.min(consent.at ?? event.occurredAt, event.receivedAt);
  const source = consent.source ?? event.origin;
  changes.consents.push({
    ...{ contactId: subject.id, channel, topic, text, source, state: 'given', eventSeq: event.seq, at },
  });
  changes.inside.push({
    messageId: `contact.consented:${subject.id}:${event.seq}:${channel}:${topic}`,
    type: 'contact.consented',
    contactId: subject.id,
    properties: { topic, channel },
    hops: event.hops + 1,
  });
  return { channel, topic, at };
}

/** Of themselves, and of every address that they have; where the event names the address of somebody else, nothing is ended. */
function lift({ subject, event, changes }: Folding, consents: readonly Noted[]): void {
  const { email } = subject.profile.fields;
  const isOwn = typeof event.traits.email !== 'string' || event.ownsAddress;
  if (!isOwn || !mayLift(event)) return;
  const keys = [personKey(subject.id), ...(typeof email === 'string' ? [addressHash(email)] : [])];
  const standing = subject.liftable.filter((row) => keys.includes(row.addressHash));
  const elsewhere = subject.liftable.filter((row) => !standing.includes(row));
  const { ended, backSince } = endedBy(consents, { standing, elsewhere, withdrawn: subject.withdrawn });
  changes.lifts.push(...ended.map(({ addressHash: key, scope }) => ({ addressHash: key, scope })));
  subject.liftable = subject.liftable.filter((row) => !ended.includes(row));
  const left = standing.filter((row) => !ended.includes(row)).map(({ scope }) => scope);
  subject.optOuts = subject.optOuts.filter(
    (scope) => left.includes(scope) || !ended.some((row) => row.scope === scope),
  );
  if (backSince === null) return;
  // Of when they agreed: an opt-out of later may be heard of later still.
  const messageId = `contact.resubscribed:${subject.id}:${event.seq}`;
  const told = { messageId, type: 'contact.resubscribed', contactId: subject.id };
  changes.inside.push({ ...told, properties: {}, hops: event.hops + 1, at: backSince });
}
