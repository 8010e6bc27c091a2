import { z } from 'zod';
import { applySmsFact } from '../../prisma/stores/sms-facts';
import { Problem } from '../http/problems';
import { defineRoute } from '../http/route';
import { smsFactOf } from './sms-facts';
import { isTwilioSigned } from './twilio-signature';

/** Twilio takes an empty TwiML document for "nothing to say". */
const silence = { status: 200, text: { type: 'text/xml', content: '<Response/>' } };

export const smsWebhook = defineRoute({
  method: 'post',
  path: '/webhooks/sms',
  summary: 'What became of an SMS, and what people answer',
  description:
    "Twilio's status callback and its webhook for incoming messages, signed. STOP and its kin opt the number out of SMS before this answers.",
  tag: 'Webhooks',
  scope: null,
  query: z.strictObject({ send: z.uuid().optional() }),
  bodyKind: 'raw',
  bodyLimit: 100_000,
  answers: { 200: { description: 'An empty TwiML document', contentType: 'text/xml', schema: z.string() } },
  problems: ['unauthenticated', 'database-away'],
  handler: async ({ query, body, headers }, { db, config, announceEvents, announceDispatch, now }) => {
    const fields = new URLSearchParams(z.instanceof(Buffer).parse(body).toString('utf8'));
    const signature = headers['x-twilio-signature'];
    const url = `${config.publicUrl}/webhooks/sms${query.send === undefined ? '' : `?send=${query.send}`}`;
    const isSigned =
      config.sms.kind === 'twilio' &&
      typeof signature === 'string' &&
      isTwilioSigned({ url, fields, signature }, config.sms.authToken);
    if (!isSigned) throw new Problem('unauthenticated', 'It is not signed with TWILIO_AUTH_TOKEN for PUBLIC_URL.');
    const fact = smsFactOf(fields, { sendId: query.send ?? null, at: now() });
    if (fact && (await applySmsFact(db, fact))) {
      announceEvents();
      announceDispatch();
    }
    return silence;
  },
});
