import type { Json, JsonObject } from '../../../../workflows/domain/json';
import { valueAt } from '../../../../workflows/domain/conditions/values';
import type { SendingStep } from '../../../../workflows/domain/sending/channel';
import type { Db } from '../../../client';
import { noScore, type ScoreNow } from '../../../../workflows/domain/scoring/now';
import { readScoresNow } from '../../scores/read-now';
import { loadTemplateVersion, type TemplateVersion } from '../../templates';
import { readFields } from '../fields';
import { graphOf } from '../graphs';
import { sendingStepOf, type MessagingStep } from './step';

/** What a message is made of. */
export interface Composition {
  step: MessagingStep & SendingStep;
  journey: string;
  channel: string;
  /** A mail's; null where the step has its text itself. */
  template: TemplateVersion | null;
  unsubscribeToken: string;
  contactId: string;
  externalIds: string[];
  contact: Record<string, Json>;
  score: ScoreNow;
  /** Properties of the event that the person entered by. */
  entry: JsonObject;
  /** The step's own values, `{entry: path}` filled in. */
  with: JsonObject;
}

/** Reads outside of any lock: the begin checks again whatever may not have changed. Throws where something is missing. */
export async function readComposition(db: Db, sendId: string, stepId: string): Promise<Composition> {
  const send = await db.send.findUniqueOrThrow({ where: { id: sendId } });
  const enrollment = await db.enrollment.findUniqueOrThrow({ where: { id: send.enrollmentId ?? '' } });
  const step = sendingStepOf(await graphOf(db, enrollment.versionId), stepId);
  // Properties were an object when the event was accepted.
  const entry = enrollment.entry as JsonObject;
  const { contactId, channel, journeyKey: journey, unsubscribeToken } = send;
  return {
    ...{ step, journey, channel, unsubscribeToken, contactId, entry },
    template: await templateOf(db, step, send),
    contact: await readFields(db, contactId),
    // A mail's template sees neither: it is spared the look-up.
    ...(step.kind === 'email' ? { externalIds: [], score: noScore } : await more(db, contactId)),
    with: step.kind === 'notify' ? {} : filled(step.with ?? {}, entry),
  };
}

async function more(db: Db, contactId: string): Promise<Pick<Composition, 'externalIds' | 'score'>> {
  const ids = await db.contactIdentity.findMany({
    where: { contactId, kind: 'user' },
    orderBy: { createdAt: 'asc' },
    select: { value: true },
  });
  const score = (await readScoresNow(db, [contactId])).get(contactId) ?? noScore;
  return { externalIds: ids.map(({ value }) => value), score };
}

async function templateOf(
  db: Db,
  step: MessagingStep,
  { id, templateVersionId }: { id: string; templateVersionId: string | null },
): Promise<TemplateVersion | null> {
  if (step.kind !== 'email') return null;
  const template = templateVersionId && (await loadTemplateVersion(db, templateVersionId));
  if (!template) throw new Error(`send ${id} has no template version`);
  return template;
}

function filled(values: JsonObject, entry: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, fill(value, entry)]));
}

/** `{entry: path}` stands for the entry event's property; null where it has none. */
function fill(value: Json, entry: JsonObject): Json {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return typeof value['entry'] === 'string' && Object.keys(value).length === 1 ? valueAt(entry, value['entry']) : value;
}
