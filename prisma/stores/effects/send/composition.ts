import type { Json, JsonObject } from '../../../../workflows/domain/json';
import { valueAt } from '../../../../workflows/domain/conditions/values';
import type { Db } from '../../../client';
import { loadTemplateVersion, type TemplateVersion } from '../../templates';
import { readFields } from '../fields';
import { graphOf, stepOfKind } from '../graphs';

/** What a message is made of. */
export interface Composition {
  template: TemplateVersion;
  unsubscribeToken: string;
  contact: Record<string, Json>;
  /** Properties of the event that the person entered by. */
  entry: JsonObject;
  /** The step's own values, `{entry: path}` filled in. */
  with: JsonObject;
}

/** Reads outside of any lock: the begin checks again whatever may not have changed. Throws where something is missing. */
export async function readComposition(db: Db, sendId: string, stepId: string): Promise<Composition> {
  const send = await db.send.findUniqueOrThrow({ where: { id: sendId } });
  const enrollment = await db.enrollment.findUniqueOrThrow({ where: { id: send.enrollmentId ?? '' } });
  const template = send.templateVersionId && (await loadTemplateVersion(db, send.templateVersionId));
  if (!template) throw new Error(`send ${sendId} has no template version`);
  const step = stepOfKind(await graphOf(db, enrollment.versionId), stepId, 'email');
  // Properties were an object when the event was accepted.
  const entry = enrollment.entry as JsonObject;
  const contact = await readFields(db, send.contactId);
  return { template, unsubscribeToken: send.unsubscribeToken, contact, entry, with: filled(step.with ?? {}, entry) };
}

function filled(values: JsonObject, entry: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, fill(value, entry)]));
}

/** `{entry: path}` stands for the entry event's property; null where it has none. */
function fill(value: Json, entry: JsonObject): Json {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return typeof value['entry'] === 'string' && Object.keys(value).length === 1 ? valueAt(entry, value['entry']) : value;
}
