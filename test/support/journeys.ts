import { v7 } from 'uuid';
import type { Db } from '../../prisma/client';
import { publishJourney } from '../../prisma/stores/journey-versions';
import { saveDraft } from '../../prisma/stores/journeys';
import { publishTemplate, saveTemplateDraft } from '../../prisma/stores/templates';

/** Publishes a template that says nothing but its own name. */
export async function plainTemplate(
  db: Db,
  key: string,
  kind: 'marketing' | 'transactional' = 'marketing',
): Promise<void> {
  await saveTemplateDraft(db, key, {
    subject: key,
    html: `<p><a href="https://example.com/${key}">${key}</a></p>`,
    class: kind,
  });
  await publishTemplate(db, key);
}

/** Publishes a journey from its YAML, with plain templates for its mails. Answers the version's id. */
export async function publishedJourney(db: Db, yaml: string): Promise<string> {
  for (const [, key] of yaml.matchAll(/template: ([a-z0-9-]+)/g)) if (key) await plainTemplate(db, key);
  const key = /^journey: (.+)$/m.exec(yaml)?.[1] ?? '';
  const saved = await saveDraft(db, key, { source: yaml });
  if (saved.kind !== 'saved') throw new Error(JSON.stringify(saved));
  const published = await publishJourney(db, key);
  if (published?.kind !== 'published') throw new Error(JSON.stringify(published));
  return published.version.id;
}

export async function contactWith(db: Db, email: string | null): Promise<string> {
  const id = v7();
  await db.contact.create({ data: { id, email } });
  if (email !== null) await db.contactIdentity.create({ data: { kind: 'email', value: email, contactId: id } });
  return id;
}

/** An enrollment as the pump writes it, without its dispatch. */
export async function enrolled(
  db: Db,
  it: { contactId: string; versionId: string; enteredAt?: Date },
): Promise<string> {
  const { journeyKey } = await db.journeyVersion.findUniqueOrThrow({ where: { id: it.versionId } });
  const n = (await db.enrollment.count({ where: { journeyKey, contactId: it.contactId } })) + 1;
  const { id } = await db.enrollment.create({
    data: {
      id: v7(),
      journeyKey,
      versionId: it.versionId,
      contactId: it.contactId,
      n,
      entryTurn: 0n,
      started: true,
      enteredAt: it.enteredAt ?? new Date(),
    },
  });
  return id;
}
