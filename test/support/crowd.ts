import type { Db } from '../../prisma/client';
import { acceptEvents } from '../../prisma/stores/events';
import { poll } from './poll';
import { happening } from './pump';

/** Some people who get a mail, rest, and get another one; a page view ends the rest early. */
export function journeyOf(key: string, { rest }: { rest: string }): string {
  return `
journey: ${key}
name: ${key}
explain: Two mails with a rest in between, which a page view cuts short.
topic: education
stage: awareness
responsible: tests
review: 90 days
entry: [{ event: form.submitted, where: { form: ${key} } }]
steps:
  - { id: first, kind: email, template: ${key}-one }
  - { id: rest, kind: wait, for: ${rest}, on: [{ event: page.viewed, next: second }] }
  - { id: second, kind: email, template: ${key}-two }
  - { id: done, kind: exit, outcome: completed }
`;
}

/** Addresses of `count` people whose form has been stored as an event. The pump does the rest. */
export async function crowd(db: Db, form: string, { count, prefix = form }: { count: number; prefix?: string }) {
  const emails = Array.from({ length: count }, (_, i) => `${prefix}-${i}@example.test`);
  await acceptEvents(
    db,
    emails.map((email) =>
      happening('form.submitted', { keys: [`email:${email}`], traits: { email }, properties: { form } }),
    ),
  );
  return emails;
}

export async function views(db: Db, emails: readonly string[]): Promise<void> {
  const events = emails.map((email) => happening('page.viewed', { keys: [`email:${email}`] }));
  await acceptEvents(db, events);
}

export interface Enrolled {
  email: string;
  id: string;
  status: string;
  stepId: string | null;
  outcome: string | null;
  workflowId: string;
}

export function enrollments(db: Db, emails: readonly string[]): Promise<Enrolled[]> {
  return db.$queryRaw<Enrolled[]>`
    select c.email, e.id, e.status, e.step_id as "stepId", e.outcome, e.journey_key || '/' || e.id as "workflowId"
    from enrollment e join contact c on c.id = e.contact_id where c.email = any(${[...emails]}) order by e.id`;
}

export function untilAll(
  db: Db,
  emails: readonly string[],
  { what, timeoutMs = 60_000, is }: { what: string; timeoutMs?: number; is: (one: Enrolled) => boolean },
): Promise<Enrolled[]> {
  return poll(
    what,
    async () => {
      const found = await enrollments(db, emails);
      return found.length === emails.length && found.every(is) && found;
    },
    { timeoutMs, everyMs: 100 },
  );
}

/** Until nothing is left to process and nothing is owed to Temporal. */
export async function untilQuiet(db: Db): Promise<void> {
  await poll('quiet', async () => {
    const [events, dispatches] = [db.event.count({ where: { processed: false } }), db.dispatch.count()];
    return (await events) + (await dispatches) === 0;
  });
}

/** `subject → people who got it`, and how often somebody got the same twice. */
export async function captured(db: Db): Promise<{ mails: Record<string, number>; doubles: number }> {
  const rows = await db.$queryRaw<{ subject: string; people: number; mails: number }[]>`
    select subject, count(distinct "to")::int as people, count(*)::int as mails from outbox group by subject`;
  return {
    mails: Object.fromEntries(rows.map(({ subject, people }) => [subject, people])),
    doubles: rows.reduce((sum, { people, mails }) => sum + mails - people, 0),
  };
}
