import { z } from 'zod';
import { applyMailFact } from '../../prisma/stores/mail-facts';
import { Problem } from '../http/problems';
import { ok } from '../http/reply';
import { defineRoute } from '../http/route';
import { mailFactOf } from './sendgrid-items';
import { isSigned, readPublicKeys } from './sendgrid-signature';

const counts = z.object({ applied: z.int(), duplicate: z.int(), failed: z.int() }).meta({ id: 'WebhookCounts' });

export const sendgridWebhook = defineRoute({
  method: 'post',
  path: '/webhooks/sendgrid/events',
  summary: "SendGrid's Event Webhook",
  description: 'A signed batch. Each item is stored and applied by itself, once; what fails is kept with its error.',
  tag: 'Webhooks',
  scope: null,
  bodyKind: 'raw',
  bodyLimit: 5_000_000,
  answers: { 200: counts },
  problems: ['unauthenticated', 'invalid-json', 'database-away'],
  handler: async ({ body, headers }, { db, config, log, announceEvents, announceDispatch, now }) => {
    const raw = z.instanceof(Buffer).parse(body);
    const signature = headerOf(headers['x-twilio-email-event-webhook-signature']);
    const timestamp = headerOf(headers['x-twilio-email-event-webhook-timestamp']);
    if (!isSigned({ body: raw, signature, timestamp }, readPublicKeys(config.sendgridWebhookKeys))) {
      throw new Problem('unauthenticated', 'The batch is not signed with a key in SENDGRID_WEBHOOK_KEYS.');
    }
    const result = { applied: 0, duplicate: 0, failed: 0 };
    for (const item of itemsOf(raw)) result[await applyMailFact(db, mailFactOf(item, 'sendgrid', now()))] += 1;
    if (result.applied > 0) {
      announceEvents();
      announceDispatch();
    }
    if (result.failed > 0) log.warn(result, 'items of a webhook batch failed');
    return ok(result);
  },
});

function itemsOf(raw: Buffer): unknown[] {
  try {
    const parsed: unknown = JSON.parse(raw.toString('utf8'));
    return Array.isArray(parsed) ? parsed : [parsed];
  } catch {
    throw new Problem('invalid-json');
  }
}

function headerOf(value: string | string[] | undefined): string {
  return typeof value === 'string' ? value : '';
}
