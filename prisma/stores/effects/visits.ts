import { isSending } from '../../../workflows/domain/sending/channel';
import { diversionOutcome, takesDiversion, type Diversion } from '../../../workflows/domain/visits/diversion';
import { markAtClose, markOfDiversion } from '../../../workflows/domain/visits/marks';
import type { Refusal } from '../../../workflows/domain/visits/refusal';
import type { Closes, VisitOutcome } from '../../../workflows/domain/visits/visit';
import type { Tx } from '../../client';
import { closeSends } from './close-sends';
import { oweWake } from './dispatches';
import { firstLateTurn } from './past-events';
import { visitBefore, type Reading, type VisitRow } from './reading';
import { recordDecision } from './record';

/** Closes the visit before an effect's own, unless it is closed already. Answers where the next look-back starts. */
export async function closeBefore(tx: Tx, reading: Reading, closes: Closes | null): Promise<bigint> {
  const { diverted } = reading;
  if (diverted && takesDiversion(diverted, closes)) return takeDiversion(tx, reading, diverted);
  const before = closes && visitBefore(reading, closes.visit + 1);
  return before ? closeVisit(tx, reading, { row: before, outcome: closes.outcome }) : reading.mark;
}

/** Ends the visit that the diversion came in, wherever that stood: one that was closed keeps its outcome. */
async function takeDiversion(tx: Tx, reading: Reading, diversion: Diversion): Promise<bigint> {
  const { enrollmentId, contactId, visit } = reading;
  const mark = markOfDiversion(BigInt(diversion.turn), await firstLateTurn(tx, contactId, diversion.at));
  await tx.$executeRaw`
    update enrollment set diverted = jsonb_set(diverted, '{taken}', to_jsonb(${visit}::int))
    where id = ${enrollmentId}::uuid`;
  const row = reading.visits.find((one) => one.visit === visit);
  if (row) await closeVisit(tx, reading, { row, outcome: diversionOutcome(diversion), mark });
  return mark;
}

/** Writes a visit's end and its mark, with everything that ends with it; the first end stays. */
export async function closeVisit(
  tx: Tx,
  reading: Reading,
  { row, outcome, ...given }: { row: VisitRow; outcome: VisitOutcome; mark?: bigint },
): Promise<bigint> {
  if (row.outcome !== null) return row.mark;
  const mark = given.mark ?? markAtClose(outcome, row, { last: reading.lastTurn, firstLate: reading.firstLate });
  const { enrollmentId, at } = reading;
  await tx.$executeRaw`
    with gone as (delete from wait_subscription where enrollment_id = ${enrollmentId}::uuid and visit = ${row.visit})
    update step_visit set outcome = ${outcome}, mark = ${mark}, left_at = ${new Date(at)}
    where enrollment_id = ${enrollmentId}::uuid and visit = ${row.visit} and outcome is null`;
  if (isSending(row.kind)) await closeSends(tx, enrollmentId, { visit: row.visit, because: outcome });
  if (row.kind === 'wait' && outcome === 'timeout') await recordTimeout(tx, reading, row);
  return mark;
}

async function recordTimeout(tx: Tx, reading: Reading, { visit, stepId, deadline }: VisitRow): Promise<void> {
  const until = deadline === null ? null : new Date(deadline).toISOString();
  const inputs = { deadline: until, arrivedAt: new Date(reading.at).toISOString() };
  const reason = `nothing that was waited for came before ${until ?? 'it was asked'}`;
  await recordDecision(tx, reading, {
    visit,
    stepId,
    kind: 'wait',
    outcome: 'timeout',
    reason,
    inputs,
    at: reading.at,
  });
}

export interface NewVisit {
  visit: number;
  stepId: string;
  kind: string;
  deadline: number | null;
  look: bigint;
  mark: bigint;
  outcome: VisitOutcome | null;
  winnerSeq: bigint | null;
  /** Where it is not now: a wait that a move took over goes on as if it had begun here. The status stays as it is. */
  arrivedAt?: number;
}

/** Writes a visit and makes it the enrollment's. A status that only said "held" or "needs attention" is over then. */
export async function openVisit(tx: Tx, reading: Reading, it: NewVisit): Promise<void> {
  const { enrollmentId, at } = reading;
  const deadline = it.deadline === null ? null : new Date(it.deadline);
  const leftAt = it.outcome === null ? null : new Date(at);
  const arrivedAt = new Date(it.arrivedAt ?? at);
  await tx.$executeRaw`
    insert into step_visit (enrollment_id, visit, step_id, kind, arrived_at, deadline, look_turn, mark, outcome, winner_seq, left_at)
    values (${enrollmentId}::uuid, ${it.visit}, ${it.stepId}, ${it.kind}, ${arrivedAt}, ${deadline}::timestamptz, ${it.look},
      ${it.mark}, ${it.outcome}, ${it.winnerSeq}::bigint, ${leftAt}::timestamptz)`;
  await tx.$executeRaw`
    update enrollment set visit = ${it.visit}, step_id = ${it.stepId} where id = ${enrollmentId}::uuid`;
  if (it.arrivedAt === undefined) await goOn(tx, reading);
}

/** An effect that goes on although the status still says held or needs attention clears it and knocks. */
export async function goOn(tx: Tx, reading: Reading): Promise<void> {
  if (reading.status === 'active') return;
  await tx.$executeRaw`
    update enrollment set status = 'active', attention = null where id = ${reading.enrollmentId}::uuid`;
  await knockIfResting(tx, reading);
}

/** A run that rests there goes on itself; any other effect is a late copy, and the run has to be told. */
export async function knockIfResting(tx: Tx, { restsElsewhere, enrollmentId, journeyKey }: Reading): Promise<void> {
  if (!restsElsewhere) return;
  await oweWake(tx, { enrollmentId, journeyKey, kind: 'released', visit: null });
}

/** What a refusal writes: `held` the status, everything else nothing. */
export async function refuse(tx: Tx, reading: Reading, refusal: Refusal): Promise<Refusal> {
  if (refusal.kind === 'held' && reading.status !== 'held') {
    await tx.$executeRaw`update enrollment set status = 'held' where id = ${reading.enrollmentId}::uuid`;
  }
  return refusal;
}
