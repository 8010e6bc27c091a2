import type { DbOrTx } from '../../../prisma/client';
import { findEndpoint, type Endpoint } from '../../../prisma/stores/endpoints';
import { captureMessages } from '../capture';
import { httpPost } from '../http-post';
import type { MessageTransport, OutgoingMessage } from '../transport';
import { classifyEndpoint } from './endpoint-answers';
import type { AgentFor } from './guarded-agent';
import { signedHeaders } from './webhook-signature';

export interface EndpointOptions {
  agentFor: AgentFor;
  timeoutMs?: number;
  now?: () => number;
}

/** Larger bodies are refused: a webhook tells of something, it does not carry it. */
const LONGEST_BODY = 20_000;

/** Chat messages and webhooks to one endpoint. One that is gone when it is called needs a person. */
export async function endpointTransport(
  db: DbOrTx,
  key: string | null,
  options: EndpointOptions,
): Promise<MessageTransport> {
  const endpoint = key === null ? null : await findEndpoint(db, key);
  if (endpoint?.url === CAPTURED) return captureMessages(db, options.now);
  return {
    name: `endpoint:${key ?? ''}`,
    idempotent: endpoint?.idempotent ?? false,
    send: async (message) => {
      const current = await findEndpoint(db, message.to).catch(() => 'away' as const);
      const now = (options.now ?? Date.now)();
      if (current === 'away') return { kind: 'retryable', at: now + 1_000, why: 'the endpoint could not be read' };
      if (current?.kind !== message.channel) {
        return { kind: 'rejected', why: `there is no ${message.channel} endpoint ${message.to}` };
      }
      return call(current, message, options);
    },
  };
}

/** As its URL: the outbox takes what would go there. */
export const CAPTURED = 'capture:';

async function call(endpoint: Endpoint, { sendId, payload }: OutgoingMessage, options: EndpointOptions) {
  const { agentFor, timeoutMs = 10_000, now = Date.now } = options;
  const { url, secrets, idempotent } = endpoint;
  const body = JSON.stringify(payload);
  if (Buffer.byteLength(body) > LONGEST_BODY) return { kind: 'rejected', why: 'larger than 20 KB' } as const;
  const at = now();
  const signed = secrets.length === 0 ? {} : signedHeaders({ id: sendId, at: new Date(at), body }, secrets);
  const headers = { 'Content-Type': 'application/json', 'User-Agent': 'Nurture', ...signed };
  const answer = await httpPost({ url, body, headers, timeoutMs, agent: await agentFor(url) });
  return classifyEndpoint(answer, { idempotent, ageMs: at - madeAt(sendId), now: now() });
}

/** Ids of sends are UUIDs of version 7: they begin with their instant. */
function madeAt(sendId: string): number {
  return parseInt(sendId.replaceAll('-', '').slice(0, 12), 16);
}
