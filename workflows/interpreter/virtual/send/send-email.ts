import type { EffectRequest, SendAnswer } from '../../../contract/effects';
import type { CallAnswer } from '../../../domain/sending/settling';
import type { SendRow, World } from '../world';
import { begin } from './begin';
import { claim, sendOf, type Attempt } from './claim';
import { settle } from './settle';

/** Claim and begin may disagree while an address changes; more often than this is not that. */
const ROUNDS = 5;

/** A provider: what it answers to a call. */
export type Provider = (message: SendRow) => CallAnswer;

/** Sends one message by the protocol. */
export function sendEmail(
  world: World,
  asked: EffectRequest,
  it: { attempt: Attempt; provider: Provider },
): SendAnswer {
  const { attempt, provider } = it;
  for (let round = 0; round < ROUNDS; round += 1) {
    const claimed = claim(world, asked, attempt);
    if (claimed.kind !== 'go') return claimed;
    const began = begin(world, asked, attempt);
    const message = sendOf(world, asked);
    if (began.kind === 'go' && message) return settle(world, asked, { attempt, answer: provider({ ...message }) });
    if (began.kind !== 'go' && began.kind !== 'again') return began;
  }
  throw new Error('the claim did not hold');
}
