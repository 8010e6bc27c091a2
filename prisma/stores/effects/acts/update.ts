import { plannedUpdate } from '../../../../workflows/domain/updating/update';
import { updateChoice } from '../../../../workflows/domain/updating/choice';
import { writePatch } from '../../contacts';
import { readPerson } from '../fields';
import { recordDecision } from '../record';
import type { Act } from './act-step';

export const update: Act<'update'> = async (tx, { reading, settings }, { step, visit }) => {
  const { contactId, enrollmentId, entry, at } = reading;
  const before = await readPerson(tx, contactId);
  const planned = plannedUpdate(step, { fields: before.fields, entry });
  const messageId = `contact.updated:${contactId}:${enrollmentId}:${visit}`;
  const written = { contactId, before, patch: planned.patch, rules: settings, messageId, hops: reading.hops + 1, at };
  const changes = await writePatch(tx, written);
  const choice = updateChoice(changes, planned.refused);
  await recordDecision(tx, reading, { visit, stepId: step.id, kind: 'update', ...choice, at });
};
