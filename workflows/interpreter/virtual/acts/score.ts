import { givePoints } from '../scores';
import type { Act } from './act-step';

export const score: Act<'score'> = ({ world, enrollment, contact, asked, at }, { axis, points, reason: rule }) => {
  const of = { enrollmentId: enrollment.id, visit: asked.visit, contactId: contact.id };
  givePoints(world, contact, { ...of, axis, rule, points, at });
};
