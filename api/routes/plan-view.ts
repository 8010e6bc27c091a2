import { z } from 'zod';

export const stepMapping = z
  .record(z.string().max(64), z.string().max(64).nullable())
  .refine((steps) => Object.keys(steps).length <= 500, 'at most 500 steps')
  .meta({ description: 'Step of an old version → step of the new one, or null for those who end' });

export const difference = z
  .object({
    what: z.string().meta({ description: 'In words: wait time, behaviours, condition, template, path …' }),
    from: z.unknown(),
    to: z.unknown(),
  })
  .meta({ id: 'Difference' });

export const change = z
  .object({
    stepId: z.string(),
    kind: z.string(),
    change: z.enum(['changed', 'replaced', 'gone', 'new']).meta({
      description: '`replaced`: the id is still there, but names another kind of step',
    }),
    differences: z.array(difference),
  })
  .meta({ id: 'StepChange' });

const shifts = z
  .object({ count: z.int(), min: z.number(), median: z.number(), max: z.number() })
  .meta({ description: 'In seconds, later is positive' });

const counts = {
  people: z.int(),
  held: z.int(),
  needsAttention: z.int(),
  leaving: z.int().meta({ description: 'They leave already, whatever is done' }),
  stay: z.object({ actAtOnce: z.int() }),
  move: z.object({
    waitOn: z.int().meta({ description: 'They wait on, with the time already waited' }),
    actAtOnce: z.int().meta({ description: 'Their new deadline is past, or they go to another step' }),
    deadlineMoves: shifts.nullable(),
    goOn: z.int().meta({ description: 'Their message goes on, or their next step is taken by the new version' }),
    end: z.int().meta({ description: 'Their step is mapped to null' }),
    gone: z.int().meta({ description: 'Their step is gone and not mapped: `move` is refused while there are any' }),
  }),
  end: z.object({ leave: z.int() }),
};

const stepCounts = z
  .object({
    stepId: z.string().nullable().meta({ description: 'Null while nothing was carried out for them' }),
    kind: z.string().nullable(),
    to: z.string().nullable().meta({ description: 'Where they go on if they are moved' }),
    ...counts,
    sample: z.array(z.uuid()).meta({ description: 'Ids of some of these enrollments' }),
  })
  .meta({ id: 'PlanStep' });

export const planSummary = z.object({
  versions: z.array(
    z
      .object({
        ...{ id: z.uuid(), number: z.int(), people: z.int() },
        ...{ steps: z.array(change), journey: z.array(difference), at: z.array(stepCounts) },
      })
      .meta({ id: 'PlanVersion' }),
  ),
  totals: z.object(counts).meta({ id: 'PlanTotals' }),
});
