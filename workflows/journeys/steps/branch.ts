import { z } from 'zod';
import type { Condition } from '../../domain/conditions/condition';
import { condition } from '../conditions';
import { key } from '../scalars';
import { closed, isMapping, meaning, rule, say } from '../wording';
import { onward, stepParts } from './step-parts';

const branchParts = { ...stepParts, kind: z.literal('branch'), ...onward };

interface CaseSource<Step> {
  when: Condition;
  next?: string;
  do?: Step[];
}
export interface BranchSource<Step> extends z.infer<z.ZodObject<typeof branchParts>> {
  cases: CaseSource<Step>[];
  else?: string | { do: Step[] };
}

/** The first case that holds; without one, and without `else`, the step after. */
export function branch<Step>(nested: z.ZodType<Step[]>) {
  const choice = closed({
    when: condition.describe('Taken if it holds, and none before it did'),
    next: key.optional().describe('The step that it leads to'),
    do: nested.optional().describe('Steps that it leads to'),
  }).check(
    rule(
      (one) => (one.next === undefined) !== (one.do === undefined),
      say('a case needs either `next` or `do`', 'name a step, or nest steps under `do`'),
    ),
  );
  const otherwise = z.union([key, closed({ do: nested.describe('Steps that it leads to') })], {
    error: meaning((input) => (isMapping(input) ? 1 : 0)),
  });
  return closed({
    ...branchParts,
    cases: z.array(choice).min(1).max(50).describe('In order'),
    else: otherwise.optional().describe('Where it goes if no case holds: a step, or { do: [...] }'),
  });
}
