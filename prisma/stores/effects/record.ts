import { v7 } from 'uuid';
import type { Json } from '../../../workflows/domain/json';
import type { Tx } from '../../client';
import type { Reading } from './reading';

export interface Choice {
  visit: number;
  stepId: string | null;
  /** send, branch, wait, if, exit … */
  kind: string;
  outcome: string;
  /** In words. */
  reason: string;
  inputs?: Record<string, Json>;
  at: number;
}

/**
 * Records a choice with its inputs as they were. Said again in the same words it is one record; another answer for the
 * same visit and kind (a message deferred, then claimed) gets the next ordinal.
 */
export async function recordDecision(tx: Tx, reading: Reading, choice: Choice): Promise<void> {
  const { enrollmentId, contactId, journeyKey } = reading;
  const { visit, stepId, kind, outcome, reason, inputs = {}, at } = choice;
  await tx.$executeRaw`
    insert into decision (id, contact_id, enrollment_id, journey_key, step_id, visit, kind, ordinal, outcome, reason, inputs, at)
    select ${v7()}::uuid, ${contactId}::uuid, ${enrollmentId}::uuid, ${journeyKey}, ${stepId}, ${visit}, ${kind},
      coalesce(max(d.ordinal) + 1, 0), ${outcome}, ${reason}, ${JSON.stringify(inputs)}::jsonb, ${new Date(at)}
    from decision d where d.enrollment_id = ${enrollmentId}::uuid and d.visit = ${visit} and d.kind = ${kind}
    having not coalesce((array_agg(d.outcome || ': ' || d.reason order by d.ordinal desc))[1] = ${`${outcome}: ${reason}`}, false)`;
}
