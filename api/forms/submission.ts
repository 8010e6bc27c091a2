import { createHash } from 'node:crypto';
import { v7 } from 'uuid';
import { isMailable, normaliseAddress } from '../../prisma/address';
import type { NewEvent } from '../../prisma/stores/events';
import type { Answers } from '../../workflows/domain/forms/answers';
import { isTicked, ownInputs, type FormDocument } from '../../workflows/domain/forms/form';
import type { JsonObject } from '../../workflows/domain/json';
import { isPlaceholderId } from '../../workflows/domain/people/placeholder-ids';

export interface Submission {
  key: string;
  document: FormDocument;
  /** What they saw, which may be an earlier revision of the form. */
  shown: { document: FormDocument; revision: number };
  answers: Answers;
  inputs: Readonly<Record<string, string>>;
  /** The page that it stood on. */
  referrer: string | null;
  at: Date;
}

/** What somebody sent, as an event with a browser's rights: it fills what is empty, and changes nothing of known people. */
export function submissionEvent({ key, document, shown, answers, inputs, referrer, at }: Submission): NewEvent {
  const email = normaliseAddress(answers.email ?? '');
  const visitor = inputs[ownInputs.visitor]?.trim() ?? '';
  const consent = consentOf({ key, shown, inputs });
  const page: JsonObject = referrer === null ? {} : { page: { url: referrer } };
  return {
    origin: 'form',
    messageId: `${key}:${idOf(inputs, [email, answers.traits, answers.properties, consent])}`,
    type: 'form.submitted',
    keys: [`email:${email}`, ...(isVisitor(visitor) ? [`anonymous:${visitor}`] : [])],
    properties: { ...answers.properties, form: key, ...(document.asset !== undefined && { asset: document.asset }) },
    traits: { ...answers.traits, email, ...(consent && { consent }) },
    context: { ...page, form: { revision: shown.revision } },
    fromBrowser: true,
    occurredAt: at,
  };
}

/** A browser's "back" shows the page of before: the same id with other answers is another submission. */
function idOf(inputs: Submission['inputs'], answered: unknown): string {
  const id = inputs[ownInputs.id]?.trim().slice(0, 200);
  if (!id) return v7();
  return `${id}:${createHash('sha256').update(JSON.stringify(answered)).digest('base64url').slice(0, 16)}`;
}

/** The words that stood beside the box that they ticked. */
function consentOf({ key, shown, inputs }: Pick<Submission, 'key' | 'shown' | 'inputs'>): JsonObject | null {
  const { topic, consentText } = shown.document;
  if (topic === undefined || consentText === undefined || !isTicked(inputs[ownInputs.consent])) return null;
  return { topic, text: consentText, source: `form:${key}@${shown.revision}` };
}

/** As keys may be: short, and without control characters; and somebody's. */
function isVisitor(id: string): boolean {
  return id !== '' && id.length <= 512 && !/\p{Cc}/u.test(id) && !isPlaceholderId(id);
}

export function isAddress(email: string | null): boolean {
  return email !== null && isMailable(normaliseAddress(email));
}
