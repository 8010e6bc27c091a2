import { v7 } from 'uuid';
import { tierChange } from '../../../../workflows/domain/scoring/tier-change';
import { insertScoreEntries, readScores } from '../../score-entries';
import { insideEvent } from '../inside-events';
import type { Act } from './act-step';
import { noScore } from '../../../../workflows/domain/scoring/now';

export const score: Act<'score'> = async (tx, { reading }, { step, visit }) => {
  const { contactId, enrollmentId, journeyKey, at, hops } = reading;
  const { axis, points, reason: rule } = step;
  const before = (await readScores(tx, [contactId])).get(contactId) ?? noScore;
  await insertScoreEntries(tx, [{ id: v7(), contactId, enrollmentId, visit, journeyKey, axis, points, rule, at }]);
  const properties = tierChange(before, points);
  if (!properties) return;
  const messageId = `score.tier_changed:${contactId}:${enrollmentId}:${visit}`;
  await insideEvent(tx, { type: 'score.tier_changed', messageId, contactId, properties, hops: hops + 1, at });
};
