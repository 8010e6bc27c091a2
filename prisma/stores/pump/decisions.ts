import type { JsonObject } from '../../../workflows/domain/json';
import type { Tx } from '../../client';

export interface DecisionInsert {
  id: string;
  contactId: string;
  enrollmentId: string | null;
  journeyKey: string;
  stepId: string | null;
  visit: number;
  kind: string;
  outcome: string;
  reason: string;
  inputs: JsonObject;
  /** Epoch milliseconds. */
  at: number;
}

/** The first decision of a kind on a visit stays. */
export async function insertDecisions(tx: Tx, decisions: readonly DecisionInsert[]): Promise<void> {
  if (decisions.length === 0) return;
  const rows = JSON.stringify(decisions.map((row) => ({ ...row, at: new Date(row.at).toISOString() })));
  await tx.$executeRaw`
    insert into decision (id, contact_id, enrollment_id, journey_key, step_id, visit, kind, outcome, reason, inputs, at)
    select id, "contactId", "enrollmentId", "journeyKey", "stepId", visit, kind, outcome, reason, inputs, at
    from jsonb_to_recordset(${rows}::jsonb) as x(
      id uuid, "contactId" uuid, "enrollmentId" uuid, "journeyKey" text, "stepId" text, visit int, kind text,
      outcome text, reason text, inputs jsonb, at timestamptz)
    on conflict do nothing`;
}
