import type { WorkflowHandle } from '@temporalio/client';
import { createComposeMessage } from '../../activities/compose-message';
import { captureTransport } from '../../activities/providers/mail/capture';
import { createTransports, type Transports } from '../../activities/providers/create-transports';
import { twilioTransport } from '../../activities/providers/sms/twilio';
import { createSendMessage, type MessageDeps } from '../../activities/send-message';
import type { Db } from '../../prisma/client';
import { currentSettings } from '../../prisma/stores/current-settings';
import type { SendAnswer } from '../../workflows/contract/effects';
import { twilioAccount } from './fake-sms';
import { contactWith, enrolled } from './journeys';
import { standsAt, type Person } from './sending';
import type { World } from './world';

const PUBLIC_URL = 'http://127.0.0.1:3000';

/** Transports that do not wait long, with SMS at `smsUrl` and endpoints on loopback. */
export function quickTransports(db: Db, smsUrl: string | null): Transports {
  const plain = createTransports(
    { publicUrl: PUBLIC_URL, sms: { kind: 'capture' }, endpointHosts: ['127.0.0.1'], mailOnlyTo: null },
    { db, mail: captureTransport(db), endpoints: { timeoutMs: 500 } },
  );
  if (smsUrl === null) return plain;
  const options = { ...twilioAccount, baseUrl: smsUrl, statusUrl: `${PUBLIC_URL}/webhooks/sms`, timeoutMs: 500 };
  const sms = twilioTransport(options);
  return async (channel, address) => (channel === 'sms' ? sms : plain(channel, address));
}

let people = 0;

export interface Reachable extends Person {
  contactId: string;
  phone: string;
}

/** Enrolled, with an address and a phone; the workflow is not started yet. */
export async function aReachablePerson({ db }: World, versionId: string, more: object = {}): Promise<Reachable> {
  people += 1;
  const [email, phone] = [`reachable-${people}@example.test`, `+4915100${String(people).padStart(6, '0')}`];
  const contactId = await contactWith(db, email);
  await db.contact.update({ where: { id: contactId }, data: { phone, firstName: 'Ada', ...more } });
  return { id: await enrolled(db, { contactId, versionId }), contactId, email, phone };
}

/** A worker's own way to send the first message, outside of Temporal: what a process does that everybody holds for dead. */
export function sendFirstMessage(
  { db }: World,
  { id }: Person,
  { stepId = 'first', ...it }: Pick<MessageDeps, 'transports' | 'graceMs' | 'reached'> & { stepId?: string },
): Promise<SendAnswer> {
  const effects = { db, settings: currentSettings(db).current };
  const compose = createComposeMessage({ ...effects, publicUrl: PUBLIC_URL, postalAddress: null, from: null });
  const send = createSendMessage({ ...effects, compose, ...it });
  return send({ enrollmentId: id, visit: 1, stepId, closes: null, now: Date.now() });
}

/** A journey from its steps; after them it rests, so that it shows whether it goes on. */
export function channelJourney(key: string, steps: string): string {
  return `
journey: ${key}
name: ${key}
explain: Messages on other channels than mail.
topic: education
stage: awareness
responsible: tests
review: 90 days
entry: [{ event: form.submitted }]
steps:
${steps}
  - { id: rest, kind: wait, for: 2 days, on: [{ event: page.viewed, next: done }] }
  - { id: done, kind: exit, outcome: completed }
`;
}

/** Started, and followed to where it stands. */
export async function followed(world: World, person: Person, stepId = 'rest', phase?: string): Promise<WorkflowHandle> {
  const handle = await world.start(person.id);
  await standsAt(handle, stepId, phase);
  return handle;
}
