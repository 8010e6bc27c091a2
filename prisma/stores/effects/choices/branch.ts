import { branchChoice } from '../../../../workflows/domain/conditions/branching';
import { evaluateAll } from '../facts';
import type { Choose } from './choice';

export const chooseBranch: Choose<'branch'> = async (tx, context, { cases }) => {
  const conditions = cases.map(({ when }) => when);
  return branchChoice(await evaluateAll(tx, context, conditions));
};
