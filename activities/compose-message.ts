import { createHash } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/activity';
import { MessageError } from '../messages/message-error';
import { messageHeaders, clickUrl, noteHeaders, unsubscribeUrl } from '../messages/headers';
import { examplePostalAddress } from '../messages/layout';
import { renderMessage } from '../messages/render-message';
import { messageScope, type MessageScope } from '../messages/scope';
import { noteMail, renderTextMessage, type TextTemplate } from '../messages/text-message';
import { chooseSender } from '../workflows/domain/sending/sender';
import { ownerAmong } from '../workflows/domain/staff';
import type { EffectRequest } from '../workflows/contract/effects';
import type { EffectDeps } from '../prisma/stores/effects/context';
import { readComposition, type Composition } from '../prisma/stores/effects/send/composition';
import { saveBody, type NewBody } from '../prisma/stores/effects/send/body';
import { trackLinks } from '../prisma/stores/links';
import type { Settings } from '../prisma/stores/settings';
import { chatPayload } from './providers/endpoints/chat-payload';
import { webhookPayload } from './providers/endpoints/webhook-payload';

export interface ComposeDeps extends EffectDeps {
  publicUrl: string;
  postalAddress: string | null;
  from: { email: string; name: string } | null;
}

/** Writes the body of a claimed send. Composing again before it went out gives it again, with the same links. */
export type ComposeMessage = (sendId: string, request: EffectRequest) => Promise<void>;

type Body = Omit<NewBody, 'sendId' | 'sha256'>;

/** While nobody has named a sender, only the capture transport is possible. */
const exampleSender = { email: 'nurture@example.test', name: 'Nurture' };
/** What is no mail has no sender and no headers. */
const noMail = { from: { email: '', name: '' }, subject: '', html: '', headers: {} };

export function createComposeMessage(deps: ComposeDeps): ComposeMessage {
  return async (sendId, { stepId }) => {
    const composition = await readComposition(deps.db, sendId, stepId);
    const composing = { deps, sendId, composition, settings: await deps.settings() };
    const body = await rendered(composing, () => bodyOf(composing));
    const sha256 = createHash('sha256').update(JSON.stringify(body)).digest('hex');
    await saveBody(deps.db, { sendId, ...body, sha256 });
  };
}

interface Composing {
  deps: ComposeDeps;
  sendId: string;
  composition: Composition;
  settings: Settings;
}

/** What cannot be rendered will not be tomorrow either: a person has to look. */
async function rendered({ composition }: Composing, make: () => Promise<Body>): Promise<Body> {
  try {
    return await make();
  } catch (error) {
    if (!(error instanceof MessageError)) throw error;
    const { template, step } = composition;
    const what = template ? `template ${template.key}` : `the text of ${step.id}`;
    throw ApplicationFailure.nonRetryable(`${what} cannot be rendered: ${error.message}`, 'render-failed');
  }
}

function bodyOf(it: Composing): Promise<Body> {
  const { step, channel } = it.composition;
  if (step.kind === 'email') return mailBody(it, step.from ?? []);
  if (step.kind === 'message') return Promise.resolve(messageBody(it, step));
  return Promise.resolve(noteBody(it, step, channel));
}

async function mailBody({ deps, sendId, composition, settings }: Composing, wanted: readonly string[]): Promise<Body> {
  const { template } = composition;
  if (!template) throw new Error(`send ${sendId} has no template version`);
  const unsubscribe = unsubscribeUrl(deps.publicUrl, composition.unsubscribeToken);
  const layout = {
    postalAddress: settings.postalAddress ?? deps.postalAddress ?? examplePostalAddress,
    unsubscribeUrl: unsubscribe,
  };
  const message = await renderMessage({
    template,
    scope: scopeOf({ composition, settings }, { variables: template.variables, unsubscribeUrl: unsubscribe }),
    layout,
    track: async (urls) => (await trackLinks(deps.db, sendId, urls)).map((token) => clickUrl(deps.publicUrl, token)),
  });
  const from = senderOf({ deps, composition, settings }, wanted);
  return { from, ...message, headers: messageHeaders(sendId, unsubscribe), payload: null };
}

function senderOf({ deps, composition, settings }: Omit<Composing, 'sendId'>, wanted: readonly string[]) {
  const { owner } = composition.contact;
  const { from } = chooseSender(wanted, { ...settings, owner: typeof owner === 'string' ? owner : null });
  return from ?? deps.from ?? exampleSender;
}

function messageBody(it: Composing, step: Extract<Composition['step'], { kind: 'message' }>): Body {
  const { composition } = it;
  const texts = renderTextMessage(step, scopeOf(it, {}));
  const text = texts.text ?? '';
  const common = { ...noMail, subject: texts.title ?? '', text };
  switch (step.via) {
    case 'sms':
      return { ...common, payload: null };
    case 'chat':
      return { ...common, payload: chatPayload(texts) };
    case 'in-app':
      return { ...common, payload: { ...texts } };
    case 'webhook':
      return {
        ...common,
        payload: webhookPayload({ ...composition, preset: step.preset, stepId: step.id }, new Date()),
      };
  }
}

/** Staff see the score, and need no footer. */
function noteBody(it: Composing, step: TextTemplate & { text: string }, channel: string): Body {
  const score = { ...it.composition.score };
  const text = renderTextMessage({ text: step.text }, scopeOf(it, { score })).text ?? '';
  if (channel === 'email')
    return { ...noteMail(text), from: senderOf(it, []), headers: noteHeaders(it.sendId), payload: null };
  const payload = channel === 'chat' ? chatPayload({ title: null, text, url: null }) : null;
  return { ...noMail, text, payload };
}

type ScopeMore = Partial<Pick<Parameters<typeof messageScope>[0], 'variables' | 'unsubscribeUrl' | 'score'>>;

function scopeOf(
  { composition, settings }: Pick<Composing, 'composition' | 'settings'>,
  more: ScopeMore,
): MessageScope {
  const { contact, entry, with: values } = composition;
  const owner = ownerAmong(settings.reps, typeof contact.owner === 'string' ? contact.owner : null);
  return messageScope({ contact, entry, with: values, owner, unsubscribeUrl: '', ...more });
}
