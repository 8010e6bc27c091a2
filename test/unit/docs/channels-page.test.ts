import { writeFileSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chatPayload } from '../../../activities/providers/endpoints/chat-payload';
import {
  webhookPayload,
  type Preset,
  type WebhookSubject,
} from '../../../activities/providers/endpoints/webhook-payload';
import { signedHeaders } from '../../../activities/providers/endpoints/webhook-signature';
import { demandVisitor } from '../../../api/http/visitor';
import { blocksOf, filesOf, ROOT } from '../../docs/page';

const PAGE = 'docs/channels.md';
const examples = blocksOf(PAGE).flatMap(({ language, text }) => (language === 'json' ? [JSON.parse(text)] : []));
const dir = mkdtempSync(join(tmpdir(), 'nurture-channels-'));
symlinkSync(join(ROOT, 'node_modules'), join(dir, 'node_modules'));
for (const { name, text } of filesOf(PAGE)) writeFileSync(join(dir, name), text);
afterAll(() => rmSync(dir, { recursive: true }));
const load = createRequire(join(dir, 'any.js'));

/** The shape alone: names of fields, and where there is nothing. */
function shapeOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value === null ? null : typeof value;
  if (Array.isArray(value)) return value.map(shapeOf);
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, shapeOf(item)]));
}

test.each(['audience-add', 'direct-mail', undefined] as const)('%s has the shape that is shown', (preset) => {
  const types: Record<Preset, string> = {
    'audience-add': 'audience.add',
    'audience-remove': 'audience.remove',
    'direct-mail': 'direct_mail.requested',
  };
  const type = preset ? types[preset] : 'contact.message';
  const example = examples.find((one) => one.type === type);
  const subject: WebhookSubject = {
    ...{ preset, journey: 'price-request', stepId: 'x', contactId: 'c', externalIds: ['mia'] },
    contact: {
      ...{ email: 'mia@example.test', firstName: 'Mia', country: 'DE', phone: '+4915112345678' },
      ...(preset && { lastName: 'Berg' }),
      traits: { address: { street: '1 High Street', postalCode: '10115', city: 'Berlin' } },
    },
    with: example.data.with,
  };
  expect(shapeOf(webhookPayload(subject, new Date()))).toEqual(shapeOf(example));
});

test('a chat message is as shown', () => {
  const texts = { title: 'New price request', text: 'Mia asks for prices.', url: 'https://crm.example.com/mia' };
  expect(chatPayload(texts)).toEqual(examples.find(({ blocks }) => blocks !== undefined));
});

test('the snippet verifies what is signed', () => {
  const { verified } = load('./verify-webhook.js') as { verified: (...of: unknown[]) => unknown };
  const secret = `whsec_${Buffer.from('a secret of 24 bytes, or more').toString('base64')}`;
  const body = '{"type":"contact.message"}';
  const headers = signedHeaders({ id: 'send-1', at: new Date(), body }, [secret]);
  expect(verified(body, headers, secret)).toEqual({ type: 'contact.message' });
  expect(() => verified(`${body} `, headers, secret)).toThrow();
});

test('the snippet proves who reads the inbox', () => {
  const { proofOf } = load('./in-app-proof.js') as {
    proofOf: (user: string, secret: string) => Record<string, string>;
  };
  const secret = 'a secret that the site shares with Nurture';
  const proof = Object.entries(proofOf('mia', secret)).map(([name, value]) => [name.toLowerCase(), value]);
  expect(demandVisitor(Object.fromEntries(proof), secret)).toBe('mia');
  expect(() => demandVisitor(Object.fromEntries(proof), 'another secret')).toThrow();
});
