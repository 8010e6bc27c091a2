import { z } from 'zod';
import type { Server } from './client';

const shifts = z.object({ count: z.int(), min: z.number(), median: z.number(), max: z.number() });
const counts = {
  people: z.int(),
  held: z.int(),
  needsAttention: z.int(),
  leaving: z.int(),
  stay: z.object({ actAtOnce: z.int() }),
  move: z.object({
    waitOn: z.int(),
    actAtOnce: z.int(),
    deadlineMoves: shifts.nullable(),
    goOn: z.int(),
    end: z.int(),
    gone: z.int(),
  }),
  end: z.object({ leave: z.int() }),
};
const plan = z.object({
  id: z.string(),
  totals: z.object(counts),
  versions: z.array(
    z.object({
      number: z.int(),
      people: z.int(),
      steps: z.array(
        z.object({
          stepId: z.string(),
          kind: z.string(),
          change: z.string(),
          differences: z.array(z.object({ what: z.string() })),
        }),
      ),
      at: z.array(z.object({ stepId: z.string().nullable(), to: z.string().nullable(), ...counts })),
    }),
  ),
});

/** What publishing would do to the people inside, as the server says. */
export type Plan = z.infer<typeof plan>;
export type PlanStep = Plan['versions'][number]['at'][number];

const difference = z.object({ same: z.boolean() });

/** Whether the stored draft is what is published: then publishing it does nothing to anybody. */
export async function isPublishedAsIs(server: Server, key: string): Promise<boolean> {
  const { status, body } = await server.call('GET', `/v1/journeys/${key}/diff`, { allow: [404] });
  return status !== 404 && difference.parse(body).same;
}

/** Asks for the plan of the stored draft, or of a document. */
export async function planOf(
  server: Server,
  key: string,
  it: { document?: string; steps?: Record<string, string | null> },
): Promise<Plan> {
  return plan.parse((await server.call('POST', `/v1/journeys/${key}/plan`, { body: it })).body);
}
