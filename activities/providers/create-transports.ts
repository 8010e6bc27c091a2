import type { Db } from '../../prisma/client';
import type { Channel } from '../../workflows/domain/sending/channel';
import { captureMessages } from './capture';
import { endpointTransport, type EndpointOptions } from './endpoints/endpoint';
import { guardedAgents } from './endpoints/guarded-agent';
import { inAppTransport } from './in-app/inbox';
import type { MailTransport } from './mail/transport';
import { twilioTransport } from './sms/twilio';
import type { MessageTransport } from './transport';

/** The way out on a channel; chat and webhooks have one for each endpoint. */
export type Transports = (channel: Channel, address: string | null) => Promise<MessageTransport>;

export type SmsSettings =
  { kind: 'capture' } | { kind: 'twilio'; accountSid: string; authToken: string; from: string; baseUrl: string | null };

export interface TransportSettings {
  publicUrl: string;
  sms: SmsSettings;
  /** Hosts that endpoints may stand on although their addresses are private. */
  endpointHosts: readonly string[];
  /** Where it is set, phones too are reached only if they are on the list. */
  mailOnlyTo: string[] | null;
}

/** The transports that the configuration names. `mail` is that of mail. */
export function createTransports(
  settings: TransportSettings,
  { db, mail, endpoints }: { db: Db; mail: MailTransport; endpoints?: Partial<EndpointOptions> },
): Transports {
  const sms = onlyListed(settings.mailOnlyTo, createSms(settings, db));
  const inApp = inAppTransport(db);
  const options = { agentFor: guardedAgents(settings.endpointHosts), ...endpoints };
  return async (channel, address) => {
    switch (channel) {
      case 'email':
        return mail;
      case 'sms':
        return sms;
      case 'in-app':
        return inApp;
      case 'chat':
      case 'webhook':
        return endpointTransport(db, address, options);
    }
  };
}

function createSms({ sms, publicUrl }: TransportSettings, db: Db): MessageTransport {
  if (sms.kind === 'capture') return captureMessages(db);
  return twilioTransport({ ...sms, statusUrl: `${publicUrl}/webhooks/sms` });
}

function onlyListed(listed: readonly string[] | null, transport: MessageTransport): MessageTransport {
  if (listed === null) return transport;
  const mayMail = (address: string): boolean => listed.includes(address);
  return {
    ...transport,
    mayMail,
    send: async (message) =>
      mayMail(message.to) ? transport.send(message) : { kind: 'rejected', why: 'not on the MAIL_ONLY_TO list' },
  };
}
