import { taskChoice } from '../../../domain/tasks/choice';
import { plannedTask } from '../../../domain/tasks/task';
import { scoreOfContact } from '../scores';
import { record } from '../record';
import type { Act } from './act-step';

export const task: Act<'task'> = (reading, step) => {
  const { world, enrollment, contact, asked, at } = reading;
  const { settings, renderText } = world;
  const score = scoreOfContact(reading.world, reading.contact, reading.at);
  const it = { at, contact: contact.fields, entry: enrollment.entry, score, settings, renderText };
  const of = { enrollmentId: enrollment.id, visit: asked.visit, stepId: step.id, contactId: contact.id };
  const planned = plannedTask(step, it);
  world.tasks.push({ ...of, ...planned, type: step.type });
  const { outcome, reason } = taskChoice(step, planned);
  record(reading, { visit: asked.visit, stepId: step.id, kind: 'task', outcome, reason });
};
