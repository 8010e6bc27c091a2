import type { ArriveAnswer, Refusal } from '../../../workflows/contract/effects';
import { deadlineOf } from '../../../workflows/domain/timing/deadline';
import { holidaysFor } from '../../../workflows/domain/timing/holidays';
import { awaitedSince } from '../../../workflows/domain/visits/awaited';
import { judge } from '../../../workflows/domain/visits/judge';
import type { AwaitedBehaviour, Won } from '../../../workflows/domain/visits/look-back';
import { markOfWinner } from '../../../workflows/domain/visits/marks';
import type { StoredVisit, VisitOutcome } from '../../../workflows/domain/visits/visit';
import type { WaitStep } from '../../../workflows/journeys/graph';
import type { Tx } from '../../client';
import type { EffectContext } from './context';
import { readFields } from './fields';
import { stepOfKind } from './graphs';
import { passIfFalse } from './pass';
import { findPast, firstLateTurn } from './past-events';
import { caseOf, type Asked, type Reading } from './reading';
import { recordDecision } from './record';
import { closeBefore, goOn, openVisit, refuse } from './visits';

/** Opens a wait: closes the visit before, looks back, and records deadline and subscriptions if nothing came already. */
export async function arrive(tx: Tx, context: EffectContext, asked: Asked): Promise<ArriveAnswer> {
  const { reading } = context;
  const judgement = judge(caseOf(reading, asked));
  if (judgement.kind === 'stored') return stored(tx, reading, judgement.visit);
  if (judgement.kind !== 'open') return refuse(tx, reading, judgement);
  const step = stepOfKind(context.graph, asked.stepId, 'wait');
  const look = await closeBefore(tx, reading, asked.closes);
  const passed = await passIfFalse(tx, context, { step, visit: asked.visit, look });
  return passed ?? openWait(tx, context, { step, visit: asked.visit, look });
}

/** A wait that goes on after its run was brought back needs nobody's attention any more. */
async function stored(tx: Tx, reading: Reading, { outcome, deadline }: StoredVisit): Promise<ArriveAnswer> {
  if (outcome !== null) return { kind: 'closed', outcome };
  await goOn(tx, reading);
  return { kind: 'waiting', deadline };
}

export interface Opening {
  step: WaitStep;
  visit: number;
  look: bigint;
  /** When they came, where that was not now: the time already waited counts. */
  arrivedAt?: number;
}

/** Opens the wait as of the arrival: behaviours that came since the look-back's start count, and may end it at once. */
export async function openWait(
  tx: Tx,
  context: EffectContext,
  { step, visit, look, ...came }: Opening,
): Promise<Exclude<ArriveAnswer, Refusal>> {
  const { reading, zone } = context;
  const arrivedAt = came.arrivedAt ?? reading.at;
  const fields = await readFields(tx, reading.contactId);
  const holidayOn = holidaysFor(context.settings.holidays, reading.country);
  const deadline = deadlineOf(step, { arrivedAt, enteredAt: reading.enteredAt, zone, fields, holidayOn });
  const from = { look, entry: reading.mark, at: arrivedAt, zone };
  const awaited = step.on.map((on, slot) => awaitedSince(on, slot, from));
  const won = await findPast(tx, reading, { awaited, deadline });
  const opened = { visit, stepId: step.id, kind: step.kind, deadline, look, ...came };
  if (!won) {
    await openVisit(tx, reading, { ...opened, mark: reading.lastTurn, outcome: null, winnerSeq: null });
    await subscribe(tx, context, { visit, awaited, deadline });
    return { kind: 'waiting', deadline };
  }
  const firstLate = deadline === null ? null : await firstLateTurn(tx, reading.contactId, deadline);
  const outcome: VisitOutcome = `on:${won.slot}`;
  const mark = markOfWinner(won.event.turn, firstLate);
  await openVisit(tx, reading, { ...opened, mark, outcome, winnerSeq: won.event.seq });
  await recordWinner(tx, context, { step, visit, won });
  return { kind: 'closed', outcome };
}

async function subscribe(
  tx: Tx,
  { reading }: EffectContext,
  { visit, awaited, deadline }: { visit: number; awaited: readonly AwaitedBehaviour[]; deadline: number | null },
): Promise<void> {
  if (awaited.length === 0) return;
  const rows = awaited.map(({ slot, types, of, where }) => ({ slot, types, of_steps: of, where_: where }));
  await tx.$executeRaw`
    insert into wait_subscription (enrollment_id, visit, slot, contact_id, types, of_steps, "where", deadline)
    select ${reading.enrollmentId}::uuid, ${visit}, r.slot, ${reading.contactId}::uuid, r.types, r.of_steps, r.where_,
      ${deadline === null ? null : new Date(deadline)}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(slot int, types text[], of_steps text[], where_ jsonb)`;
}

async function recordWinner(
  tx: Tx,
  { reading }: EffectContext,
  { step, visit, won }: { step: WaitStep; visit: number; won: Won },
): Promise<void> {
  const { event, slot } = won;
  const inputs = { event: event.type, seq: Number(event.seq), acceptedAt: new Date(event.receivedAt).toISOString() };
  const reason = `${event.type} had come before the wait began`;
  const choice = { visit, stepId: step.id, kind: 'wait', outcome: `on:${slot}`, reason, inputs, at: reading.at };
  await recordDecision(tx, reading, choice);
}
