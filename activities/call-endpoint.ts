import { v7 } from 'uuid';
import type { EndpointTested, EndpointTestInput } from '../workflows/contract/endpoint-test';
import type { Channel } from '../workflows/domain/sending/channel';
import type { Db } from '../prisma/client';
import { findEndpoint } from '../prisma/stores/endpoints';
import { chatPayload } from './providers/endpoints/chat-payload';
import type { Transports } from './providers/create-transports';

const noMail = { from: { email: '', name: '' }, subject: '', html: '', headers: {} };
const text = 'Nurture reaches this endpoint.';

/** Sends an endpoint a message that says it is a test, under an id of its own. */
export function createCallEndpoint({ db, transports }: { db: Db; transports: Transports }) {
  return async ({ key }: EndpointTestInput): Promise<EndpointTested> => {
    const endpoint = await findEndpoint(db, key);
    if (!endpoint) return { outcome: 'rejected', why: 'there is no such endpoint' };
    const channel: Channel = endpoint.kind;
    const transport = await transports(channel, key);
    const message = { ...noMail, sendId: v7(), channel, to: key, text, payload: payloadOf(channel) };
    const answer = await transport.send(message);
    return { outcome: answer.kind, why: answer.kind === 'accepted' ? null : answer.why };
  };
}

function payloadOf(channel: Channel) {
  if (channel === 'chat') return chatPayload({ title: null, text, url: null });
  return { type: 'endpoint.test', timestamp: new Date().toISOString(), data: { text } };
}
