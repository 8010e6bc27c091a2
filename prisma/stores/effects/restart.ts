import type { Tx } from '../../client';

/**
 * Brings back the workflow of an enrollment that lost it (terminated, or the server's data gone). The new run is told
 * where the enrollment stands and goes on from there: nothing that was carried out is repeated. Answers whether there
 * was anything to bring back. Call it under the contact's lock.
 */
export async function restartIfGone(tx: Tx, enrollmentId: string): Promise<boolean> {
  return (await restartAllGone(tx, [enrollmentId])) > 0;
}

/** The same for many; answers how many. */
export function restartAllGone(tx: Tx, enrollmentIds: readonly string[]): Promise<number> {
  return tx.$executeRaw`
    with restarting as (
      update enrollment set status = 'active', attention = null
      where id = any(${enrollmentIds}::uuid[]) and status = 'needs_attention' and attention->>'code' = 'workflow-gone'
      returning id, journey_key)
    insert into dispatch (enrollment_id, workflow_id, kind, outcome)
    select id, journey_key || '/' || id, 'start', 'restart' from restarting order by id`;
}
