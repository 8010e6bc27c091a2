import { staffAddress, staffFor, type Staff } from '../staff';
import { isPhone, type Channel, type SendingStep } from './channel';
import { isMailable } from './mailable';

/** What an address is found from. */
export interface Addressees extends Staff {
  contactId: string;
  email: string | null;
  phone: string | null;
  owner: string | null;
}

export interface Recipient {
  /** A mailbox, a phone, the key of an endpoint or, for the in-app inbox, the contact's id. */
  address: string | null;
  /** The address has the form of one. */
  isValid: boolean;
  /** Why the message is suppressed where there is no address; null: it is waited for. */
  missing: string | null;
  /** The address whose owner may have opted out of it; on which channel, `barredOn` says. */
  bar: string | null;
  /** What the contact said no to bars it, also where there is no address, or a new one. */
  heedsContact: boolean;
}

/** Where the opt-outs of a channel stand, and which of them count there; null: all. */
export function barredOn(channel: Channel): { channel: Channel; reasons: readonly string[] | null } {
  if (channel === 'sms' || channel === 'email') return { channel, reasons: null };
  // A mailbox that does not exist says nothing about what somebody wants.
  return { channel: 'email', reasons: ['unsubscribed', 'complained'] };
}

/** Where the message of a step goes on a channel, and what may bar it there. */
export function recipientOf(step: SendingStep, channel: Channel, from: Addressees): Recipient {
  switch (step.kind) {
    case 'email':
      return toMailbox(from);
    case 'message':
      return toContact(step, from);
    case 'notify':
      return toStaff(step.to, channel, from);
  }
}

function toMailbox({ email }: Addressees): Recipient {
  return {
    address: email,
    isValid: email !== null && isMailable(email),
    missing: null,
    bar: email,
    heedsContact: true,
  };
}

function toContact(step: Extract<SendingStep, { kind: 'message' }>, from: Addressees): Recipient {
  switch (step.via) {
    case 'sms':
      return toPhone(from.phone);
    case 'in-app':
      return { address: from.contactId, isValid: true, missing: null, bar: null, heedsContact: false };
    case 'chat':
    case 'webhook':
      return { address: step.to ?? null, isValid: true, missing: 'no-endpoint', ...objection(step.preset, from) };
  }
}

function toPhone(phone: string | null): Recipient {
  const number = phone?.trim() || null;
  return {
    address: number,
    isValid: number !== null && isPhone(number),
    missing: 'no-phone',
    bar: number,
    heedsContact: true,
  };
}

/** Who has opted out of mail is not advertised to elsewhere either; being taken off a list is no advertisement. */
function objection(preset: string | undefined, { email }: Addressees): Pick<Recipient, 'bar' | 'heedsContact'> {
  const heedsContact = preset === 'audience-add' || preset === 'direct-mail';
  return { bar: heedsContact ? email : null, heedsContact };
}

function toStaff(to: string, channel: Channel, from: Addressees): Recipient {
  const address = staffAddress(staffFor(to, from.owner, from), channel);
  const isValid =
    address !== null && (channel === 'sms' ? isPhone(address) : channel !== 'email' || isMailable(address));
  return { address, isValid, missing: 'nobody-to-tell', bar: null, heedsContact: false };
}
