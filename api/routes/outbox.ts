import { v7 } from 'uuid';
import { z } from 'zod';
import { normaliseAddress } from '../../prisma/address';
import { applyMailFact, type MailFact } from '../../prisma/stores/mail-facts';
import { isToken, linksOfSend } from '../../prisma/stores/links';
import { capturedTo, listOutbox, outboxKey, outboxKeyOf } from '../../prisma/stores/outbox';
import { channels } from '../../workflows/domain/sending/channel';
import type { HandlerDeps } from '../deps';
import { pageOf, pageQuery, readPage, toPage } from '../http/paging';
import { notFound } from '../http/problems';
import { ok } from '../http/reply';
import { defineRoute, type Route } from '../http/route';
import { mailFactOf } from '../webhooks/sendgrid-items';

const captured = z
  .object({
    sendId: z.uuid(),
    channel: z.enum(channels),
    to: z.string().meta({ description: 'Mailbox, phone, or key of an endpoint' }),
    subject: z.string(),
    html: z.string(),
    text: z.string(),
    headers: z.record(z.string(), z.string()),
    payload: z.record(z.string(), z.unknown()).nullable().meta({ description: 'What a chat or a webhook would carry' }),
    stepId: z.string().nullable(),
    enrollmentId: z.uuid().nullable(),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'CapturedMessage' });

const listCaptured = defineRoute({
  method: 'get',
  path: '/v1/outbox',
  summary: 'Messages that were kept instead of sent',
  tag: 'Outbox',
  scope: 'read',
  query: z.strictObject({ ...pageQuery, to: z.string().max(320).optional(), channel: z.enum(channels).optional() }),
  answers: { 200: pageOf(captured) },
  problems: ['not-found'],
  handler: async ({ query }, { db, config }) => {
    demandOutbox(config);
    const { limit, after } = readPage(query, outboxKey);
    const to = query.to === undefined ? undefined : normaliseAddress(query.to);
    const rows = await listOutbox(db, { to, channel: query.channel, after, limit: limit + 1 });
    const page = toPage(rows, limit, outboxKeyOf);
    return ok({ ...page, data: page.data.map((row) => ({ ...row, createdAt: row.createdAt.toISOString() })) });
  },
});

const machine = z.boolean().default(false).meta({ description: 'As a scanner or a mail program, not a person' });
/** What can be done to a captured mail: the fields it takes, and the item SendGrid would send of it. */
const deeds = {
  open: { summary: 'Open a captured mail', body: z.strictObject({ machine }) },
  click: {
    summary: 'Follow a link of a captured mail',
    body: z.strictObject({
      url: z.string().max(2_000).optional().meta({ description: 'As written or as tracked; the first link if absent' }),
      machine,
    }),
  },
  bounce: {
    summary: 'Let a captured mail bounce',
    body: z.strictObject({ kind: z.enum(['hard', 'soft']).default('hard') }),
  },
  complain: { summary: 'Report a captured mail as spam', body: z.strictObject({}) },
  unsubscribe: { summary: "Opt out of a captured mail's topic by the provider", body: z.strictObject({}) },
  reply: { summary: 'Answer a captured mail', body: z.strictObject({ text: z.string().max(10_000).default('') }) },
} satisfies Record<string, { summary: string; body: z.ZodObject }>;
type Deed = keyof typeof deeds;

const outcome = z
  .object({ sendId: z.uuid(), event: z.string().nullable(), outcome: z.enum(['applied', 'duplicate', 'failed']) })
  .meta({ id: 'OutboxOutcome' });

function deedRoute<D extends Deed>(deed: D): Route {
  const { summary, body } = deeds[deed];
  return defineRoute({
    method: 'post',
    path: `/v1/outbox/:sendId/${deed}`,
    summary,
    description: "It goes the way of a provider's webhook.",
    tag: 'Outbox',
    scope: 'operate',
    params: z.strictObject({ sendId: z.uuid() }),
    body,
    bodyOptional: true,
    answers: { 200: outcome },
    problems: ['not-found'],
    handler: async ({ params: { sendId }, body: fields }, deps) => {
      demandCapture(deps.config);
      const to = await capturedTo(deps.db, sendId);
      if (to === null) throw notFound('captured mail');
      const fact = await factOf(deed, { sendId, to, fields: fields }, deps);
      const done = await applyMailFact(deps.db, fact);
      deps.announceEvents();
      deps.announceDispatch();
      return ok({ sendId, event: fact.event?.type ?? null, outcome: done });
    },
  });
}

/** All fields of all deeds: each deed's schema has let through its own. */
interface Fields {
  url?: string;
  machine?: boolean;
  kind?: 'hard' | 'soft';
  text?: string;
}

interface Done {
  sendId: string;
  to: string;
  fields: Fields;
}

async function factOf(deed: Deed, done: Done, { db, now }: HandlerDeps): Promise<MailFact> {
  const { sendId, to, fields } = done;
  const at = now();
  const common = { send_id: sendId, email: to, timestamp: at.getTime() / 1_000, sg_event_id: v7() };
  const fact = (item: object) => mailFactOf({ ...common, ...item }, 'capture', at);
  switch (deed) {
    case 'open':
      return fact({ event: 'open', machine: fields.machine });
    case 'click':
      return fact({ event: 'click', machine: fields.machine, url: await clickedUrl(db, sendId, fields.url) });
    case 'bounce':
      return fact(bounceItem(fields.kind ?? 'hard'));
    case 'complain':
      return fact({ event: 'spamreport' });
    case 'unsubscribe':
      return fact({ event: 'group_unsubscribe' });
    case 'reply':
      return fact({ event: 'reply', text: fields.text });
  }
}

function bounceItem(kind: 'hard' | 'soft') {
  return kind === 'hard'
    ? {
        event: 'bounce',
        type: 'bounce',
        bounce_classification: 'Invalid Address',
        status: '5.1.1',
        reason: 'no such user',
      }
    : { event: 'bounce', type: 'blocked', bounce_classification: 'Mailbox Unavailable', reason: 'mailbox full' };
}

/** A tracked link stands for the one its author wrote. */
async function clickedUrl(db: HandlerDeps['db'], sendId: string, url: string | undefined): Promise<string> {
  const links = await linksOfSend(db, sendId);
  if (url === undefined) return links[0]?.url ?? '';
  const token = url.slice(url.lastIndexOf('/') + 1);
  return (isToken(token) && links.find((link) => link.token === token)?.url) || url;
}

/** Only what is captured stands in it; without anything of that kind there is none. */
function demandOutbox({ mail, sms }: HandlerDeps['config']): void {
  if (mail.kind !== 'capture' && sms.kind !== 'capture') throw notFound('outbox: messages really leave');
}

function demandCapture({ mail }: HandlerDeps['config']): void {
  if (mail.kind !== 'capture') throw notFound('outbox: mail really leaves');
}

export const outboxRoutes: Route[] = [
  listCaptured,
  ...(['open', 'click', 'bounce', 'complain', 'unsubscribe', 'reply'] as const).map((deed) => deedRoute(deed)),
];
