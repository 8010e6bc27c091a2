import { z } from 'zod';
import { enrollmentStatuses, getEnrollment, type EnrollmentView } from '../../prisma/stores/enrollment-views';
import type { HandlerDeps } from '../deps';
import { notFound } from '../http/problems';

const instant = z.iso.datetime();

export const enrollmentFields = {
  id: z.uuid(),
  journey: z.string(),
  version: z.int(),
  contactId: z.uuid(),
  status: z.enum(enrollmentStatuses),
  stepId: z.string().nullable(),
  visit: z.int(),
  waitingSince: instant.nullable(),
  waitingUntil: instant.nullable(),
  leaving: z.string().nullable().meta({ description: 'What it is about to leave with' }),
  diverted: z
    .object({
      exit: z.int().meta({ description: "Its place among the journey's `exits`" }),
      at: instant.meta({ description: 'When the event was accepted' }),
      taken: z.boolean().meta({ description: 'It has gone on there' }),
    })
    .nullable()
    .meta({ description: 'The exit with `next` that sent it on' }),
  outcome: z.string().nullable(),
  attention: z.unknown().meta({ description: 'Why it needs a person' }),
  paused: z
    .boolean()
    .meta({ description: 'By itself; the pause of a journey, a contact or everything is not counted' }),
  workflowId: z.string(),
  enteredAt: instant,
  endedAt: instant.nullable(),
};

export const enrollment = z.object(enrollmentFields).meta({ id: 'Enrollment' });

export function viewEnrollment(row: EnrollmentView) {
  const { diverted } = row;
  return {
    ...row,
    diverted: diverted && {
      exit: diverted.exit,
      at: new Date(diverted.at).toISOString(),
      taken: diverted.taken !== null,
    },
    waitingSince: row.waitingSince?.toISOString() ?? null,
    waitingUntil: row.waitingUntil?.toISOString() ?? null,
    enteredAt: row.enteredAt.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
  };
}

/** @throws Problem not-found */
export async function demandEnrollment(db: HandlerDeps['db'], id: string): Promise<EnrollmentView> {
  const row = await getEnrollment(db, id);
  if (!row) throw notFound('enrollment');
  return row;
}
