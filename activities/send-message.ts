import type { EffectRequest, SendAnswer } from '../workflows/contract/effects';
import { isOfOneSend, together, type OneAnswer } from '../workflows/domain/sending/answer';
import { readWays } from '../prisma/stores/effects/send/ways';
import { deliver, type Delivery } from './deliver';
import type { Transports } from './providers/create-transports';

export interface MessageDeps extends Delivery {
  transports: Transports;
}

/**
 * The effect of a step that sends on other channels than mail, or to staff: one message by the protocol on each of its
 * channels. A retry repeats those alone that did not go out.
 */
export function createSendMessage(deps: MessageDeps): (request: EffectRequest) => Promise<SendAnswer> {
  return async (request) => {
    const answers: OneAnswer[] = [];
    for (const { channel, address } of await readWays(deps, request)) {
      const transport = await deps.transports(channel, address);
      const answer = await deliver(deps, request, { channel, transport });
      if (!isOfOneSend(answer)) return answer;
      answers.push(answer);
    }
    return together(answers);
  };
}
