import { wasSentByNewer } from '../../../workflows/domain/merging/runs';
import type { Channel } from '../../../workflows/domain/sending/channel';
import type { Tx } from '../../client';
import type { Asked, Reading } from '../effects/reading';
import { isNewerRun } from './newer-run';

/**
 * A newer run of the person has sent this step's message, or may have, before their records were made one. Hardly anybody
 * has such a run: only they are asked about.
 */
export async function wasSentByOthers(
  tx: Tx,
  { hasNewerRun, enrollmentId }: Pick<Reading, 'hasNewerRun' | 'enrollmentId'>,
  { asked, channel }: { asked: Asked; channel: Channel },
): Promise<boolean> {
  if (!hasNewerRun) return false;
  const [row] = await tx.$queryRaw<{ sentThere: number; visitsBefore: number }[]>`
    select
      (select count(*)::int from enrollment e
        join enrollment y on ${isNewerRun}
        join send s on s.enrollment_id = y.id
        where e.id = ${enrollmentId}::uuid and s.step_id = ${asked.stepId} and s.channel = ${channel}
          and s.state in ('sending', 'unknown', 'accepted', 'delivered')) as "sentThere",
      (select count(*)::int from step_visit v
        where v.enrollment_id = ${enrollmentId}::uuid and v.step_id = ${asked.stepId} and v.visit < ${asked.visit}
          and v.outcome is distinct from 'retried') as "visitsBefore"`;
  return row !== undefined && wasSentByNewer(row);
}
