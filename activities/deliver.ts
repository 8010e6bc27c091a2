import { setTimeout as pause } from 'node:timers/promises';
import { v7 } from 'uuid';
import type { EffectRequest, SendAnswer } from '../workflows/contract/effects';
import type { Channel } from '../workflows/domain/sending/channel';
import type { CallAnswer } from '../workflows/domain/sending/settling';
import { isDatabaseAway } from '../prisma/database-away';
import { underLock, type EffectDeps } from '../prisma/stores/effects/context';
import { begin, type BeginAnswer } from '../prisma/stores/effects/send/begin';
import type { Attempt } from '../prisma/stores/effects/send/attempt';
import { claim } from '../prisma/stores/effects/send/claim';
import { settle } from '../prisma/stores/effects/send/settle';
import type { ComposeMessage } from './compose-message';
import type { MessageTransport } from './providers/transport';

/** A call starts this soon after its begin, or the begin is written anew: what it checked must still be fresh. */
const FRESH_MS = 5_000;
/** How long an answer that was got is tried to be stored, before the attempt gives up and the send becomes unknown. */
const SETTLE_MS = 12_000;
/** Claim and begin may disagree while an address changes; more often than this is not that. */
const ROUNDS = 5;

/** Between any two steps of the protocol; tests kill or delay here. */
export type ProtocolPoint = 'before-claim' | 'claimed' | 'composed' | 'begun' | 'called' | 'settled';

export interface Delivery extends EffectDeps {
  compose: ComposeMessage;
  /** How long an event of the provider is waited for when its answer was lost. */
  graceMs: number;
  reached?: (point: ProtocolPoint, request: EffectRequest) => Promise<void>;
}

/** On which channel a message goes, and by what. */
export interface Way {
  channel: Channel;
  transport: MessageTransport;
}

interface Calling {
  attempt: Attempt;
  transport: MessageTransport;
}

/** Sends one message by the protocol: claim, compose, begin, call, settle. Safe to be run again at any point. */
export async function deliver(deps: Delivery, request: EffectRequest, way: Way): Promise<SendAnswer> {
  const { channel, transport } = way;
  const { name, idempotent, mayMail } = transport;
  const about = { id: v7(), channel, transport: name, idempotent, graceMs: deps.graceMs };
  const attempt: Attempt = { ...about, ...(mayMail && { mayReach: mayMail }) };
  await deps.reached?.('before-claim', request);
  for (let round = 0; round < ROUNDS; round += 1) {
    const answer = await tryOnce(deps, request, { attempt, transport });
    if (answer.kind !== 'again') return answer;
  }
  throw new Error('the claim did not hold');
}

async function tryOnce(
  deps: Delivery,
  asked: EffectRequest,
  { attempt, transport }: Calling,
): Promise<SendAnswer | { kind: 'again' }> {
  const claimed = await underLock(deps, asked, (tx, context) => claim(tx, context, { asked, attempt }));
  if (claimed.kind !== 'go') return claimed;
  await deps.reached?.('claimed', asked);
  await deps.compose(claimed.sendId, asked);
  await deps.reached?.('composed', asked);
  const began = await freshBegin(deps, asked, attempt);
  if (began.kind !== 'go') return began;
  await deps.reached?.('begun', asked);
  const answer = await transport.send({ sendId: claimed.sendId, ...began.message });
  await deps.reached?.('called', asked);
  const settled = await settlePatiently(deps, asked, { attempt, answer });
  await deps.reached?.('settled', asked);
  return settled;
}

/** By the process's own clock, from before the begin: a process that was stopped in between begins anew. */
async function freshBegin(deps: Delivery, asked: EffectRequest, attempt: Attempt): Promise<BeginAnswer> {
  for (;;) {
    const since = performance.now();
    const began = await underLock(deps, asked, (tx, context) => begin(tx, context, { asked, attempt }));
    if (began.kind !== 'go' || performance.now() - since < FRESH_MS) return began;
  }
}

/** The provider's answer is all there is: a database that is away for a moment must not lose it. */
async function settlePatiently(
  deps: Delivery,
  asked: EffectRequest,
  it: { attempt: Attempt; answer: CallAnswer },
): Promise<SendAnswer> {
  const since = performance.now();
  for (let wait = 100; ; wait = Math.min(wait * 2, 2_000)) {
    try {
      return await underLock(deps, asked, (tx, context) => settle(tx, context, { asked, ...it }));
    } catch (error) {
      if (!isDatabaseAway(error) || performance.now() - since > SETTLE_MS) throw error;
      await pause(wait);
    }
  }
}
