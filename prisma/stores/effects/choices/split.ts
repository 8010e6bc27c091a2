import { partingOf } from '../../../../workflows/domain/splitting/split';
import type { Tx } from '../../../client';
import type { Reading } from '../reading';
import type { Choose } from './choice';

export const chooseArm: Choose<'split'> = async (tx, { reading }, { id: stepId, arms }) => {
  const { contactId, journeyKey } = reading;
  const who = { contactId, journeyKey, stepId };
  const known = await tx.exposure.findUnique({
    where: { journeyKey_stepId_contactId: who },
    select: { arm: true },
  });
  const { index, arm, drawn, reason, inputs } = partingOf(arms, who, known?.arm ?? null);
  if (drawn) await expose(tx, reading, { stepId, arm, holdout: arms[index]?.holdout ?? false });
  return { outcome: `case:${index}`, reason, inputs };
};

/** Writes the arm; one whose name the split no longer has gives way. */
async function expose(tx: Tx, reading: Reading, it: { stepId: string; arm: string; holdout: boolean }): Promise<void> {
  const { contactId, journeyKey, enrollmentId, at } = reading;
  const { stepId, arm, holdout } = it;
  await tx.$executeRaw`
    insert into exposure (journey_key, step_id, contact_id, arm, holdout, enrollment_id, at)
    values (${journeyKey}, ${stepId}, ${contactId}::uuid, ${arm}, ${holdout}, ${enrollmentId}::uuid, ${new Date(at)})
    on conflict (journey_key, step_id, contact_id) do update set
      arm = excluded.arm, holdout = excluded.holdout, enrollment_id = excluded.enrollment_id, at = excluded.at`;
}
