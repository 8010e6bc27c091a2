import { v7 } from 'uuid';
import { taskChoice } from '../../../../workflows/domain/tasks/choice';
import { plannedTask } from '../../../../workflows/domain/tasks/task';
import { readScoresNow } from '../../scores/read-now';
import { insertTask } from '../../tasks';
import { readFields } from '../fields';
import { recordDecision } from '../record';
import type { Act } from './act-step';
import { noScore } from '../../../../workflows/domain/scoring/now';

export const task: Act<'task'> = async (tx, { reading, settings, renderText }, { step, visit }) => {
  const { contactId, enrollmentId, journeyKey, entry, at } = reading;
  const contact = await readFields(tx, contactId);
  const score = (await readScoresNow(tx, [contactId], at)).get(contactId) ?? noScore;
  const planned = plannedTask(step, { at, contact, entry, score, settings, renderText });
  const of = { contactId, enrollmentId, visit, journeyKey, stepId: step.id };
  await insertTask(tx, { ...of, ...planned, id: v7(), type: step.type });
  await recordDecision(tx, reading, { visit, stepId: step.id, kind: 'task', ...taskChoice(step, planned), at });
};
