import { changesOf, patchedTraits } from '../../../domain/updating/changes';
import { settle } from '../../../domain/people/settle';
import { updateChoice } from '../../../domain/updating/choice';
import { plannedUpdate } from '../../../domain/updating/update';
import { insideEvent, record } from '../record';
import type { Act } from './act-step';

export const update: Act<'update'> = (reading, step) => {
  const { world, enrollment, contact, asked } = reading;
  const { visit } = asked;
  const planned = plannedUpdate(step, { fields: contact.fields, entry: enrollment.entry });
  const before = { fields: contact.fields, origins: contact.origins ?? {} };
  const { origins, ...patch } = settle(before, planned.patch, world.settings);
  contact.origins = origins;
  const values = changesOf(contact.fields, patch);
  const { outcome, reason } = updateChoice(values, planned.refused);
  if (outcome === 'changed') {
    Object.assign(contact.fields, patch.fields, { traits: patchedTraits(contact.fields, patch.traits) });
    const properties = { changed: Object.keys(values), values };
    const messageId = `contact.updated:${contact.id}:${enrollment.id}:${visit}`;
    insideEvent(world, { type: 'contact.updated', messageId, contactId: contact.id, properties });
  }
  record(reading, { visit, stepId: step.id, kind: 'update', outcome, reason });
};
