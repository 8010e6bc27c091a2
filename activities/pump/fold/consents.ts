import { addressHash } from '../../../prisma/address';
import {
  consentsIn,
  lifts,
  mayLift,
  maySayConsent,
  withdrawnBy,
  type ConsentGiven,
} from '../../../workflows/domain/consent/consent';
import type { Folding } from './folding';

/** Writes down what an event says that the person agreed to, or took back, and ends the opt-outs that it came after. */
export function noteConsents(folding: Folding): void {
  const { subject, event, changes } = folding;
  const withdrawn = withdrawnBy(event);
  if (withdrawn) {
    const evidence = { text: null, source: event.origin, eventSeq: event.seq, at: event.occurredAt };
    changes.consents.push({ contactId: subject.id, ...withdrawn, state: 'withdrawn', ...evidence });
  }
  if (maySayConsent(event)) for (const consent of consentsIn(event.traits.consent)) note(folding, consent);
}

function note(folding: Folding, consent: ConsentGiven): void {
  const { subject, event, changes } = folding;
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
  if (channel === 'email') lift(folding, { topic, at });
}

/** Of the address that they have now; where the event names the address of somebody else, nothing is ended. */
function lift({ subject, event, changes }: Folding, consent: { topic: string; at: number }): void {
  const { email } = subject.profile.fields;
  const isOwn = typeof event.traits.email !== 'string' || event.ownsAddress;
  if (typeof email !== 'string' || !isOwn || !mayLift(event)) return;
  const hash = addressHash(email);
  const ended = subject.liftable.filter((row) => row.addressHash === hash && lifts(consent, row));
  changes.lifts.push(...ended.map(({ scope }) => ({ addressHash: hash, scope })));
  subject.liftable = subject.liftable.filter((row) => !ended.includes(row));
  subject.optOuts = subject.optOuts.filter((scope) => !ended.some((row) => row.scope === scope));
}
