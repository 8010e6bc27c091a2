import type { Route } from '../http/route';
import { clickRoute } from '../public/click';
import { unsubscribeRoutes } from '../public/unsubscribe';
import { sendgridWebhook } from '../webhooks/sendgrid';
import { outboxRoutes } from './outbox';
import { sendRoutes } from './sends';
import { templateRoutes } from './templates';

/** Everything about mail: its templates, its ledger, and the ways back from it. */
export const mailRoutes: readonly Route[] = [
  ...templateRoutes,
  ...sendRoutes,
  ...outboxRoutes,
  ...unsubscribeRoutes,
  clickRoute,
  sendgridWebhook,
];
