import { wasSentByYielded } from '../../../workflows/domain/merging/runs';
import type { Channel } from '../../../workflows/domain/sending/channel';
import type { Tx } from '../../client';
import type { Asked, Reading } from '../effects/reading';

/**
 * A run that yielded to this one, or to one that did, has sent this step's message, or may have. Hardly anybody has such a
 * run: only they are asked about.
 */
export async function wasSentByOthers(
  tx: Tx,
  { hasYielded, enrollmentId }: Pick<Reading, 'hasYielded' | 'enrollmentId'>,
  { asked, channel }: { asked: Asked; channel: Channel },
): Promise<boolean> {
  if (!hasYielded) return false;
  const [row] = await tx.$queryRaw<{ sentThere: number; visitsBefore: number }[]>`
    select
      (select count(*)::int from enrollment e
        join enrollment y on y.journey_key = e.journey_key and y.contact_id = e.contact_id and y.n <> e.n
          and y.entered_at >= e.entered_at and starts_with(y.entry_key, e.entry_key || '/merged:')
        join send s on s.enrollment_id = y.id
        where e.id = ${enrollmentId}::uuid and s.step_id = ${asked.stepId} and s.channel = ${channel}
          and s.state in ('sending', 'unknown', 'accepted', 'delivered')) as "sentThere",
      (select count(*)::int from step_visit v
        where v.enrollment_id = ${enrollmentId}::uuid and v.step_id = ${asked.stepId} and v.visit < ${asked.visit}
          and v.outcome is distinct from 'retried') as "visitsBefore"`;
  return row !== undefined && wasSentByYielded(row);
}
