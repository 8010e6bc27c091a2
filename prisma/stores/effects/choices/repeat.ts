import { repetition } from '../../../../workflows/domain/splitting/repeat';
import type { Choose } from './choice';

export const chooseRepeat: Choose<'repeat'> = async (tx, { reading }, step) => {
  const { enrollmentId } = reading;
  const gone = await tx.stepVisit.count({ where: { enrollmentId, stepId: step.id, outcome: 'case:0' } });
  return repetition(step, gone);
};
