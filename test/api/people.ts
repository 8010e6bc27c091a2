import { v7 } from 'uuid';
import type { Db } from '../../prisma/client';
import { publishJourney } from '../../prisma/stores/journey-versions';
import { saveDraft } from '../../prisma/stores/journeys';

/** A contact with its identities, as the pump would have made it. */
export async function aContact(
  db: Db,
  {
    email = null,
    user = null,
    ...fields
  }: { email?: string | null; user?: string | null; firstName?: string; company?: string } = {},
): Promise<string> {
  const id = v7();
  await db.contact.create({ data: { id, email, ...fields } });
  const keys = [
    ...(email === null ? [] : [{ kind: 'email', value: email, contactId: id }]),
    ...(user === null ? [] : [{ kind: 'user', value: user, contactId: id }]),
  ];
  await db.contactIdentity.createMany({ data: keys });
  return id;
}

/** A journey without messages: it waits two days, or for a click. */
export function aJourney(key: string, extra = ''): string {
  return `
journey: ${key}
name: ${key}
explain: Whoever asks for a demo waits two days, unless they book a meeting.
topic: education
stage: awareness
responsible: demand-generation
review: 90 days
entry:
  - event: demo.requested
reentry: never
${extra}
steps:
  - id: two-days
    kind: wait
    for: 2 days
    on: [{ event: form.submitted, next: engaged }]
  - { id: quiet, kind: exit, outcome: quiet }
  - { id: engaged, kind: exit, outcome: engaged }
`;
}

export async function publishedJourney(db: Db, key: string, extra = ''): Promise<string> {
  const saved = await saveDraft(db, key, { source: aJourney(key, extra) });
  if (saved.kind === 'invalid') throw new Error(JSON.stringify(saved.problems));
  const published = await publishJourney(db, key);
  if (published?.kind !== 'published') throw new Error(JSON.stringify(published));
  return published.version.id;
}

/** An enrollment that waits at its first step until `deadline`. */
export async function aWaitingEnrollment(
  db: Db,
  {
    contactId,
    journeyKey,
    versionId,
    status = 'active',
  }: { contactId: string; journeyKey: string; versionId: string; status?: string },
): Promise<string> {
  const id = v7();
  const enteredAt = new Date('2026-11-02T09:00:00Z');
  const n = (await db.enrollment.count({ where: { contactId, journeyKey } })) + 1;
  await db.enrollment.create({
    data: {
      id,
      contactId,
      journeyKey,
      versionId,
      n,
      status,
      entryTurn: 1n,
      visit: 1,
      stepId: 'two-days',
      enteredAt,
      started: true,
    },
  });
  const deadline = new Date('2026-11-04T09:00:00Z');
  await db.stepVisit.create({
    data: { enrollmentId: id, visit: 1, stepId: 'two-days', kind: 'wait', arrivedAt: enteredAt, deadline },
  });
  return id;
}
