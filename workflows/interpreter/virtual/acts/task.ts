import { plannedTask } from '../../../domain/tasks/task';
import { scoreOf } from '../facts';
import type { Act } from './act-step';

export const task: Act<'task'> = (reading, step) => {
  const { world, enrollment, contact, asked, at } = reading;
  const { settings, renderText } = world;
  const score = scoreOf(reading);
  const it = { at, contact: contact.fields, entry: enrollment.entry, score, settings, renderText };
  const of = { enrollmentId: enrollment.id, visit: asked.visit, stepId: step.id, contactId: contact.id };
  world.tasks.push({ ...of, ...plannedTask(step, it), type: step.type });
};
