import type { WorkflowHandle } from '@temporalio/client';
import { createComposeMessage } from '../../activities/compose-message';
import type { MailTransport } from '../../activities/providers/mail/transport';
import { createSendEmail, type DeliveryDeps } from '../../activities/send-email';
import type { Send } from '../../prisma/generated/client';
import { currentSettings } from '../../prisma/stores/current-settings';
import type { SendAnswer } from '../../workflows/contract/effects';
import { position } from '../../workflows/contract/messages';
import { contactWith, enrolled } from './journeys';
import { poll } from './poll';
import type { World } from './world';

/** Two mails and a rest: it shows whether the journey goes on. */
export const twoMails = `
journey: two-mails
name: Two mails
explain: Two mails and a rest, so that it shows whether the journey goes on.
topic: education
stage: awareness
responsible: tests
review: 90 days
entry: [{ event: form.submitted }]
steps:
  - { id: first, kind: email, template: one }
  - { id: second, kind: email, template: two }
  - { id: rest, kind: wait, for: 2 days, on: [{ event: page.viewed, next: done }] }
  - { id: done, kind: exit, outcome: completed }
`;

export interface Person {
  /** Of the enrollment. */
  id: string;
  email: string;
}

let people = 0;

/** Enrolled; the workflow is not started yet. */
export async function aPerson({ db }: World, versionId: string): Promise<Person> {
  const email = `person-${(people += 1)}@example.test`;
  return { id: await enrolled(db, { contactId: await contactWith(db, email), versionId }), email };
}

export function ledger({ db }: World, { id }: Person): Promise<Send[]> {
  return db.send.findMany({ where: { enrollmentId: id }, orderBy: [{ visit: 'asc' }, { id: 'asc' }] });
}

export async function states(world: World, person: Person): Promise<string[]> {
  return (await ledger(world, person)).map(({ state }) => state);
}

export function standsAt(handle: WorkflowHandle, stepId: string, phase?: string): Promise<boolean> {
  return poll(
    `${stepId} ${phase ?? ''}`,
    async () => {
      const now = await handle.query(position);
      return now.stepId === stepId && (phase === undefined || now.phase === phase);
    },
    { timeoutMs: 20_000 },
  );
}

/** A worker's own way to send, outside of Temporal: what a process does that everybody holds for dead. */
export function sendFirst(
  world: World,
  { id }: Person,
  it: { transport: MailTransport; graceMs: number; reached: DeliveryDeps['reached'] },
): Promise<SendAnswer> {
  const { db } = world;
  const effects = { db, settings: currentSettings(db).current };
  const compose = createComposeMessage({
    ...effects,
    publicUrl: 'http://127.0.0.1:3000',
    postalAddress: null,
    from: null,
  });
  const send = createSendEmail({ ...effects, compose, ...it });
  return send({ enrollmentId: id, visit: 1, stepId: 'first', closes: null, now: Date.now() });
}
