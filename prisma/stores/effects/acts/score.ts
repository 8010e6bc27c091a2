import { v7 } from 'uuid';
import { givePoints } from '../../scores/points';
import { insideEvent } from '../inside-events';
import type { Act } from './act-step';

export const score: Act<'score'> = async (tx, { reading }, { step, visit }) => {
  const { contactId, enrollmentId, journeyKey, at, hops } = reading;
  const { axis, points, reason: rule } = step;
  const given = { id: v7(), contactId, enrollmentId, visit, journeyKey, axis, points, rule, at };
  const told = await givePoints(tx, [given], () => `${enrollmentId}:${visit}`);
  for (const crossing of told) await insideEvent(tx, { ...crossing, hops: hops + 1, at });
};
