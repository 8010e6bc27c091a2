import type { Axis } from '../../../workflows/domain/scoring/model';
import type { MarkOf } from '../../../workflows/domain/scoring/state';
import { countInput, instantOf } from '../../../workflows/domain/scoring/tally';
import { tellCrossings, type ToldCrossing } from '../../../workflows/domain/scoring/tell';
import type { Tx } from '../../client';
import { budget } from './budget';
import { readModelNow } from './model';
import { openTallies, writeTallies } from './tallies';

/** Points that a journey's step or a person gives, whatever the model. */
export interface GivenPoints {
  id: string;
  contactId: string;
  axis: Axis;
  /** What gives the points. */
  rule: string;
  points: number;
  /** Epoch milliseconds. */
  at: number;
  enrollmentId: string | null;
  visit: number | null;
  journeyKey: string | null;
}

export interface ToldOfContact extends ToldCrossing {
  contactId: string;
  messageId: string;
}

/**
 * Adds to the ledger and counts, under the contacts' locks; a visit gives points once. Answers what crossings are to
 * be told, their message ids made of `causeOf`.
 */
export async function givePoints(
  tx: Tx,
  given: readonly GivenPoints[],
  causeOf: (given: GivenPoints) => string = ({ id }) => id,
): Promise<ToldOfContact[]> {
  const now = await readModelNow(tx);
  const fresh = await notYetGiven(tx, given);
  const at = new Map(fresh.map((one) => [one.contactId, one.at]));
  const wanted = [...at].map(([contactId, instant]) => ({ contactId, at: instant }));
  const opened = await openTallies(tx, now, { contacts: wanted, budget });
  const told: ToldOfContact[] = [];
  const counted = fresh.map((one) => {
    const { contactId, axis, rule, points } = one;
    const open = opened.get(contactId);
    if (!open) throw new Error(`the score of contact ${contactId} was not read`);
    const { tally, net } = open;
    const marks: MarkOf[] = net.splice(0);
    const instant = instantOf(tally.state, { kind: 'given', at: one.at, axis, points, rule });
    marks.push(...countInput(tally, now.model, { kind: 'given', at: instant, axis, points, rule }));
    const crossings = tellCrossings(marks, { contactId, cause: causeOf(one) });
    told.push(...crossings.map((crossing) => ({ ...crossing, contactId })));
    return { ...one, at: instant };
  });
  await insertGiven(tx, counted);
  await writeTallies(
    tx,
    now,
    [...opened].map(([contactId, { tally }]) => ({ contactId, tally })),
  );
  return told;
}

/** A visit that has given its points gives none again. */
async function notYetGiven(tx: Tx, given: readonly GivenPoints[]): Promise<readonly GivenPoints[]> {
  const ofVisits = given.filter(({ enrollmentId }) => enrollmentId !== null);
  if (ofVisits.length === 0) return given;
  const rows = await tx.$queryRaw<{ enrollmentId: string; visit: number }[]>`
    select s.enrollment_id as "enrollmentId", s.visit from score_entry s
    join unnest(${ofVisits.map((one) => one.enrollmentId)}::uuid[], ${ofVisits.map((one) => one.visit)}::int[]) x(id, visit)
      on s.enrollment_id = x.id and s.visit = x.visit`;
  return given.filter((one) => !rows.some((row) => row.enrollmentId === one.enrollmentId && row.visit === one.visit));
}

async function insertGiven(tx: Tx, given: readonly GivenPoints[]): Promise<void> {
  if (given.length === 0) return;
  const rows = given.map((row) => ({
    ...row,
    kind: row.enrollmentId === null ? 'hand' : 'step',
    at: new Date(row.at).toISOString(),
  }));
  await tx.$executeRaw`
    insert into score_entry (id, contact_id, axis, kind, rule, points, at, enrollment_id, visit, journey_key)
    select id, "contactId", axis, kind, rule, points, at, "enrollmentId", visit, "journeyKey"
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as x(id uuid, "contactId" uuid, axis text, kind text,
      rule text, points float8, at timestamptz, "enrollmentId" uuid, visit int, "journeyKey" text)`;
}
