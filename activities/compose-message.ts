import { createHash } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/activity';
import { MessageError } from '../messages/message-error';
import { messageHeaders, clickUrl, unsubscribeUrl } from '../messages/headers';
import { examplePostalAddress } from '../messages/layout';
import { renderMessage } from '../messages/render-message';
import { messageScope } from '../messages/scope';
import type { EffectRequest } from '../workflows/contract/effects';
import type { EffectDeps } from '../prisma/stores/effects/context';
import { readComposition, type Composition } from '../prisma/stores/effects/send/composition';
import { saveBody } from '../prisma/stores/effects/send/body';
import { trackLinks } from '../prisma/stores/links';

export interface ComposeDeps extends EffectDeps {
  publicUrl: string;
  postalAddress: string | null;
  from: { email: string; name: string } | null;
}

/** Writes the body of a claimed send. Composing again before it went out gives it again, with the same links. */
export type ComposeMessage = (sendId: string, request: EffectRequest) => Promise<void>;

/** While nobody has named a sender, only the capture transport is possible. */
const exampleSender = { email: 'nurture@example.test', name: 'Nurture' };

export function createComposeMessage(deps: ComposeDeps): ComposeMessage {
  return async (sendId, { stepId }) => {
    const composition = await readComposition(deps.db, sendId, stepId);
    const { senders, postalAddress } = await deps.settings();
    const from = senders[0] ?? deps.from ?? exampleSender;
    const unsubscribe = unsubscribeUrl(deps.publicUrl, composition.unsubscribeToken);
    const layout = {
      postalAddress: postalAddress ?? deps.postalAddress ?? examplePostalAddress,
      unsubscribeUrl: unsubscribe,
    };
    const message = await render(composition, {
      template: composition.template,
      scope: messageScope({ ...composition, variables: composition.template.variables, unsubscribeUrl: unsubscribe }),
      layout,
      track: async (urls) => (await trackLinks(deps.db, sendId, urls)).map((token) => clickUrl(deps.publicUrl, token)),
    });
    const body = { from, ...message, headers: messageHeaders(sendId, unsubscribe) };
    const sha256 = createHash('sha256').update(JSON.stringify(body)).digest('hex');
    await saveBody(deps.db, { sendId, ...body, sha256 });
  };
}

/** A template that cannot be rendered will not be tomorrow either: a person has to look. */
async function render({ template }: Composition, input: Parameters<typeof renderMessage>[0]) {
  try {
    return await renderMessage(input);
  } catch (error) {
    if (!(error instanceof MessageError)) throw error;
    throw ApplicationFailure.nonRetryable(
      `template ${template.key} cannot be rendered: ${error.message}`,
      'render-failed',
    );
  }
}
