import type { EffectRequest, SendAnswer } from '../workflows/contract/effects';
import { deliver, type Delivery } from './deliver';
import type { MailTransport } from './providers/mail/transport';

export type { ProtocolPoint } from './deliver';

export interface DeliveryDeps extends Delivery {
  transport: MailTransport;
}

/** The effect of an email step. */
export function createSendEmail(deps: DeliveryDeps): (request: EffectRequest) => Promise<SendAnswer> {
  return (request) => deliver(deps, request, { channel: 'email', transport: deps.transport });
}
