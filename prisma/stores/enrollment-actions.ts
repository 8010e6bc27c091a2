import { v7 } from 'uuid';
import { inTransaction, type Db, type DbOrTx, type Tx } from '../client';
import { oweWake } from './effects/dispatches';
import { restartIfGone } from './effects/restart';
import { insertDecisions } from './pump/decisions';

export type Exited = 'leaving' | 'finished' | 'missing';

/** A person ends an enrollment. The first outcome to leave with stays. */
export async function exitEnrollment(
  db: Db,
  id: string,
  { reason, at }: { reason: string; at: Date },
): Promise<Exited> {
  return inTransaction(db, async (tx) => {
    const row = await lockEnrollment(tx, id);
    if (!row) return 'missing';
    if (row.status === 'finished') return 'finished';
    if (row.leaving !== null) return 'leaving';
    const cause = { kind: 'operator', reason, at: at.toISOString() };
    await tx.enrollment.update({ where: { id }, data: { leaving: 'exited', leavingCause: cause } });
    const { contactId, journeyKey, stepId, visit } = row;
    const said = reason === '' ? 'a person ended it' : `a person ended it: ${reason}`;
    const choice = { kind: 'exit', outcome: 'exited', reason: said, inputs: cause, at: at.getTime() };
    await insertDecisions(tx, [{ id: v7(), contactId, enrollmentId: id, journeyKey, stepId, visit, ...choice }]);
    const wake = { enrollmentId: id, journeyKey, kind: 'wake', visit: null, outcome: 'leave' } as const;
    if (!(await restartIfGone(tx, id))) await oweWake(tx, wake);
    return 'leaving';
  });
}

/** Starts the workflow of an enrollment anew if it was ended outside of Nurture; false if there is nothing to revive. */
export async function reviveEnrollment(db: Db, id: string): Promise<boolean> {
  return inTransaction(db, async (tx) => {
    await lockEnrollment(tx, id);
    return restartIfGone(tx, id);
  });
}

/** From now on its workflow's clock may run ahead of the database's. */
export async function markFastForwarded(db: Db, id: string): Promise<void> {
  await inTransaction(db, async (tx) => {
    await lockEnrollment(tx, id);
    await tx.enrollment.update({ where: { id }, data: { fastForwarded: true } });
  });
}

/** Whether everything accepted for its contact is processed, and everything owed to its workflow is delivered. */
export async function isSettled(db: DbOrTx, id: string): Promise<boolean> {
  const [row] = await db.$queryRaw<{ settled: boolean }[]>`
    SELECT NOT EXISTS (
        SELECT 1 FROM event ev
        WHERE NOT ev.processed AND ev.error IS NULL AND ev.keys && (array['contact:' || e.contact_id]
          || array(SELECT i.kind || ':' || i.value FROM contact_identity i WHERE i.contact_id = e.contact_id)))
      AND NOT EXISTS (SELECT 1 FROM dispatch d WHERE d.enrollment_id = e.id AND NOT d.parked) AS settled
    FROM enrollment e WHERE e.id = ${id}::uuid`;
  return row?.settled ?? true;
}

interface Locked {
  contactId: string;
  journeyKey: string;
  status: string;
  leaving: string | null;
  stepId: string | null;
  visit: number;
}

/** Under its contact's lock; begins again when a join moved it to another contact meanwhile. */
async function lockEnrollment(tx: Tx, id: string): Promise<Locked | null> {
  for (;;) {
    const [locked] = await tx.$queryRaw<{ id: string }[]>`
      SELECT id FROM contact WHERE id = (SELECT contact_id FROM enrollment WHERE id = ${id}::uuid) FOR NO KEY UPDATE`;
    const row = await tx.enrollment.findUnique({
      where: { id },
      select: { contactId: true, journeyKey: true, status: true, leaving: true, stepId: true, visit: true },
    });
    if (!row || row.contactId === locked?.id) return row;
  }
}
