import type { Tx } from '../../client';

/** A wake-up owed to a workflow; `visit` null wakes it whatever it waits for. */
export interface OwedWake {
  enrollmentId: string;
  journeyKey: string;
  kind: 'wake' | 'released';
  visit: number | null;
  outcome?: string;
}

export async function oweWake(tx: Tx, { enrollmentId, journeyKey, kind, visit, outcome }: OwedWake): Promise<void> {
  const workflowId = `${journeyKey}/${enrollmentId}`;
  await tx.$executeRaw`
    insert into dispatch (enrollment_id, workflow_id, kind, visit, outcome)
    values (${enrollmentId}::uuid, ${workflowId}, ${kind}, ${visit}, ${outcome ?? null})`;
}
