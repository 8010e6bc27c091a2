import { tierChange } from '../../../domain/scoring/tier-change';
import { scoreOf } from '../facts';
import { insideEvent } from '../record';
import type { Act } from './act-step';

export const score: Act<'score'> = (reading, { axis, points, reason: rule }) => {
  const { world, enrollment, contact, asked, at } = reading;
  const { visit } = asked;
  const properties = tierChange(scoreOf(reading), points);
  world.scores.push({ enrollmentId: enrollment.id, visit, contactId: contact.id, axis, rule, points, at });
  if (!properties) return;
  const messageId = `score.tier_changed:${contact.id}:${enrollment.id}:${visit}`;
  insideEvent(world, { type: 'score.tier_changed', messageId, contactId: contact.id, properties });
};
