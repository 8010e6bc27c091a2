import type { EffectRequest, SendAnswer } from '../../../contract/effects';
import { isOfOneSend, together, type OneAnswer } from '../../../domain/sending/answer';
import { channelsOf, type Channel } from '../../../domain/sending/channel';
import type { CallAnswer } from '../../../domain/sending/settling';
import { read } from '../reading';
import type { SendRow, World } from '../world';
import { begin } from './begin';
import { claim, sendingStep, sendOf, type Attempt } from './claim';
import { settle } from './settle';

/** Claim and begin may disagree while an address changes; more often than this is not that. */
const ROUNDS = 5;

/** A provider: what it answers to a call. */
export type Provider = (message: SendRow) => CallAnswer;

export interface Sender {
  /** A new one for each channel. */
  attempt: (channel: Channel) => Attempt;
  provider: Provider;
}

/** Carries out a step that sends: one message by the protocol on each of its channels. */
export function send(world: World, asked: EffectRequest, sender: Sender): SendAnswer {
  const answers: OneAnswer[] = [];
  for (const channel of channelsAt(world, asked)) {
    const answer = sendOne(world, asked, { attempt: sender.attempt(channel), sender });
    if (!isOfOneSend(answer)) return answer;
    answers.push(answer);
  }
  return together(answers);
}

/** Where it was moved to another version meanwhile, any claim tells the run where it stands. */
function channelsAt(world: World, asked: EffectRequest): readonly Channel[] {
  const reading = read(world, asked);
  return reading.graph.steps[asked.stepId] ? channelsOf(sendingStep(reading)) : ['email'];
}

function sendOne(world: World, asked: EffectRequest, it: { attempt: Attempt; sender: Sender }): SendAnswer {
  const { attempt, sender } = it;
  for (let round = 0; round < ROUNDS; round += 1) {
    const claimed = claim(world, asked, attempt);
    if (claimed.kind !== 'go') return claimed;
    const began = begin(world, asked, attempt);
    const message = sendOf(world, asked, attempt.channel);
    if (began.kind === 'go' && message) {
      return settle(world, asked, { attempt, answer: sender.provider({ ...message }) });
    }
    if (began.kind !== 'go' && began.kind !== 'again') return began;
  }
  throw new Error('the claim did not hold');
}
