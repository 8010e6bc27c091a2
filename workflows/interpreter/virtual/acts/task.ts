import { assigneeOf } from '../../../domain/tasks/assignee';
import { taskTitle } from '../../../domain/tasks/title';
import { staffTime, workingTimeAfter } from '../../../domain/timing/working-time';
import type { Act } from './act-step';

export const task: Act<'task'> = ({ world, enrollment, contact, asked, at }, step) => {
  const { settings } = world;
  const render = (name: 'title' | 'note', source: string): string =>
    world.renderText(source, {
      ...{ contact: contact.fields, entry: enrollment.entry },
      what: `the ${name} of ${step.id}`,
    });
  world.tasks.push({
    ...{ enrollmentId: enrollment.id, visit: asked.visit, stepId: step.id, contactId: contact.id, type: step.type },
    ...assigneeOf(step.to, { owner: contact.fields['owner'], reps: settings.reps, teams: settings.teams }),
    title: taskTitle(render('title', step.title)),
    note: step.note === undefined ? null : render('note', step.note).trim(),
    dueAt: step.due === undefined ? null : workingTimeAfter(at, step.due, staffTime(settings)),
  });
};
