import type { Db } from '../../../prisma/client';
import { normaliseAddress } from '../../../prisma/address';
import { captureTransport } from './capture';
import { sendgridTransport } from './sendgrid';
import { smtpTransport } from './smtp';
import type { MailTransport } from './transport';

export interface MailSettings {
  mail:
    { kind: 'capture' } | { kind: 'sendgrid'; apiKey: string; baseUrl: string | null } | { kind: 'smtp'; url: string };
  /** Addresses, or domains as `@example.com`, that may be mailed; null is everybody. */
  mailOnlyTo: string[] | null;
}

/** The transport that the configuration names. */
export function createMailTransport({ mail, mailOnlyTo }: MailSettings, db: Db): MailTransport {
  const transport = transportOf(mail, db);
  return mailOnlyTo === null ? transport : onlyTo(mailOnlyTo, transport);
}

function transportOf(mail: MailSettings['mail'], db: Db): MailTransport {
  switch (mail.kind) {
    case 'capture':
      return captureTransport(db);
    case 'sendgrid':
      return sendgridTransport(mail);
    case 'smtp':
      return smtpTransport(mail);
  }
}

/** Lets through what goes to the named addresses: for staging systems that hold real contacts. */
export function onlyTo(allowed: string[], transport: MailTransport): MailTransport {
  const exact = new Set(allowed.filter((entry) => !entry.startsWith('@')).map(normaliseAddress));
  const domains = allowed.filter((entry) => entry.startsWith('@')).map((entry) => entry.trim().toLowerCase());
  const mayMail = (address: string): boolean => {
    const to = normaliseAddress(address);
    return exact.has(to) || domains.some((domain) => to.endsWith(domain));
  };
  return {
    ...transport,
    mayMail,
    // The claim asks first, so that nobody's journey is stopped by it; this is the last line.
    send: async (message) =>
      mayMail(message.to) ? transport.send(message) : { kind: 'rejected', why: 'not on the MAIL_ONLY_TO list' },
  };
}
