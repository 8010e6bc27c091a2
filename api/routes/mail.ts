import type { Route } from '../http/route';
import { clickRoute } from '../public/click';
import { unsubscribeRoutes } from '../public/unsubscribe';
import { sendgridWebhook } from '../webhooks/sendgrid';
import { smsWebhook } from '../webhooks/sms';
import { outboxRoutes } from './outbox';
import { sendRoutes } from './sends';
import { templateRoutes } from './templates';

/** Everything about messages: templates, ledger, outbox, and the ways back from them. */
export const mailRoutes: readonly Route[] = [
  ...templateRoutes,
  ...sendRoutes,
  ...outboxRoutes,
  ...unsubscribeRoutes,
  clickRoute,
  sendgridWebhook,
  smsWebhook,
];
