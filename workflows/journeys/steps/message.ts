import { z } from 'zod';
import { key, line, liquid } from '../scalars';
import { closed, say } from '../wording';
import { sendingParts } from './sending';
import { onward, stepParts } from './step-parts';

const anyChannel = closed({
  ...stepParts,
  kind: z.literal('message'),
  via: z.enum(['sms', 'chat', 'in-app', 'webhook']).describe('The channel'),
  to: key.optional().describe('Key of the endpoint that it goes to: chat and webhook'),
  preset: z
    .enum(['audience-add', 'audience-remove', 'direct-mail'])
    .optional()
    .describe('What a webhook is about; without it, it carries the public fields of the contact and `with`'),
  title: line.optional().describe('Liquid; chat and in-app'),
  text: liquid.optional().describe('Liquid; sms, chat and in-app'),
  url: z.string().min(1).max(2000).optional().describe('Liquid; where it leads: chat and in-app'),
  ...sendingParts,
  ...onward,
});

export type MessageSource = z.infer<typeof anyChannel>;
type Part = 'to' | 'preset' | 'title' | 'text' | 'url';

/** What each channel must have, and may have. */
const channels = {
  sms: { needs: ['text'], may: [] },
  chat: { needs: ['to', 'text'], may: ['title', 'url'] },
  'in-app': { needs: [], may: ['title', 'text', 'url'] },
  webhook: { needs: ['to'], may: ['preset'] },
} as const satisfies Record<MessageSource['via'], { needs: readonly Part[]; may: readonly Part[] }>;

const parts: readonly Part[] = ['to', 'preset', 'title', 'text', 'url'];

/** A message on another channel than mail. */
export const message = anyChannel.check((found) => {
  if (found.issues.length > 0) return;
  const step = found.value;
  const complain = (text: string, path: PropertyKey[] = []) =>
    found.issues.push({ code: 'custom', message: text, path, input: step });
  const { needs, may }: { needs: readonly Part[]; may: readonly Part[] } = channels[step.via];
  for (const part of needs.filter((name) => step[name] === undefined)) {
    complain(`a message via \`${step.via}\` needs \`${part}\``);
  }
  for (const part of parts.filter((name) => step[name] !== undefined && ![...needs, ...may].includes(name))) {
    const hint = step.via === 'webhook' ? 'what it is to carry stands under `with`' : undefined;
    complain(say(`\`${part}\` has no meaning via \`${step.via}\``, hint), [part]);
  }
  if (step.via === 'in-app' && step.title === undefined && step.text === undefined) {
    complain('a message via `in-app` needs `title` or `text`');
  }
});
