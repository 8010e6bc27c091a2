import { v7 } from 'uuid';
import { insertScoreEntries } from '../../score-entries';
import type { Act } from './act-step';

export const score: Act<'score'> = async (tx, { reading }, { step, visit }) => {
  const { contactId, enrollmentId, journeyKey, at } = reading;
  const { axis, points, reason: rule } = step;
  await insertScoreEntries(tx, [{ id: v7(), contactId, enrollmentId, visit, journeyKey, axis, points, rule, at }]);
};
