import { v7 } from 'uuid';
import { assigneeOf } from '../../../../workflows/domain/tasks/assignee';
import { taskTitle } from '../../../../workflows/domain/tasks/title';
import { staffTime, workingTimeAfter } from '../../../../workflows/domain/timing/working-time';
import { insertTask } from '../../tasks';
import { readFields } from '../fields';
import type { Act } from './act-step';

export const task: Act<'task'> = async (tx, { reading, settings, renderText }, { step, visit }) => {
  const { contactId, enrollmentId, journeyKey, entry, at } = reading;
  const contact = await readFields(tx, contactId);
  const render = (name: 'title' | 'note', source: string): string =>
    renderText(source, { contact, entry, what: `the ${name} of ${step.id}` });
  await insertTask(tx, {
    ...{ id: v7(), contactId, enrollmentId, visit, journeyKey, stepId: step.id, type: step.type },
    ...assigneeOf(step.to, { owner: contact['owner'], reps: settings.reps, teams: settings.teams }),
    title: taskTitle(render('title', step.title)),
    note: step.note === undefined ? null : render('note', step.note).trim(),
    dueAt: step.due === undefined ? null : workingTimeAfter(at, step.due, staffTime(settings)),
  });
};
