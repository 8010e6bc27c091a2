import type { ArriveAnswer, AttentionAnswer, AttentionRequest } from '../../contract/effects';
import type { VisitOutcome } from '../../contract/visits';
import { deadlineOf } from '../../domain/timing/deadline';
import { holidaysFor } from '../../domain/timing/holidays';
import { awaitedSince } from '../../domain/visits/awaited';
import { goesElsewhere, judge } from '../../domain/visits/judge';
import { lookBack, type PastEvent } from '../../domain/visits/look-back';
import { markOfWinner } from '../../domain/visits/marks';
import { caseOf, firstLateTurn, read, stepOfKind, type Asked, type Reading } from './reading';
import { record } from './record';
import { closeBefore, goOn, openVisit, passIfFalse, refuse } from './visits';
import type { World } from './world';

/** Opens a wait: closes the visit before, looks back, and subscribes if nothing came already. */
export function arrive(world: World, asked: Asked): ArriveAnswer {
  const reading = read(world, asked);
  const judgement = judge(caseOf(reading));
  if (judgement.kind === 'stored') {
    const { outcome, deadline } = judgement.visit;
    if (outcome !== null) return { kind: 'closed', outcome };
    if (reading.enrollment.status !== 'active') goOn(reading);
    return { kind: 'waiting', deadline };
  }
  if (judgement.kind !== 'open') return refuse(reading, judgement);
  const step = stepOfKind(reading, 'wait');
  const look = closeBefore(reading);
  return passIfFalse(reading, step, look) ? { kind: 'closed', outcome: 'passed' } : openWait(reading, look);
}

/** Opens the wait asked for; `arrivedAt` where they came before now, and the time already waited counts. */
export function openWait(reading: Reading, look: bigint, came: { arrivedAt?: number } = {}): ArriveAnswer {
  const { world, asked, enrollment, contact, zone } = reading;
  const at = came.arrivedAt ?? reading.at;
  const step = stepOfKind(reading, 'wait');
  const holidayOn = holidaysFor(world.settings.holidays, contact.fields['country']);
  const arrival = { arrivedAt: at, enteredAt: enrollment.enteredAt, zone, fields: contact.fields, holidayOn };
  const deadline = deadlineOf(step, arrival);
  const from = { look, entry: enrollment.mark, at, zone };
  const awaited = step.on.map((on, slot) => awaitedSince(on, slot, from));
  const won = lookBack(awaited, pastEvents(reading), deadline);
  const opened = { stepId: step.id, kind: step.kind, deadline, look, ...came };
  if (!won) {
    openVisit(reading, { ...opened, mark: contact.lastTurn, outcome: null });
    const of = { enrollmentId: enrollment.id, visit: asked.visit, contactId: contact.id, deadline };
    world.subscriptions.push(...awaited.map((behaviour) => ({ ...behaviour, ...of })));
    return { kind: 'waiting', deadline };
  }
  const outcome: VisitOutcome = `on:${won.slot}`;
  const firstLate = deadline === null ? null : firstLateTurn(world, contact.id, deadline);
  const { seq: winnerSeq, turn, type } = won.event;
  openVisit(reading, { ...opened, mark: markOfWinner(turn, firstLate), outcome, winnerSeq });
  const reason = `${type} had come before the wait began`;
  record(reading, { visit: asked.visit, stepId: step.id, kind: 'wait', outcome, reason });
  return { kind: 'closed', outcome };
}

/** Processed events of the contact; those that have won a visit of this enrollment, or diverted it, are left out. */
function pastEvents({ world, contact, enrollment, visits }: Reading): PastEvent[] {
  const winners = visits.map(({ winnerSeq }) => winnerSeq);
  return world.events.flatMap((event) => {
    const { contactId, turn, seq } = event;
    if (contactId !== contact.id || turn === null || winners.includes(seq)) return [];
    if (enrollment.diverted?.seq === String(seq)) return [];
    const send = world.sends.find(({ id }) => id === event.sendId);
    return [{ ...event, turn, ofStep: send?.enrollmentId === enrollment.id ? send.stepId : null }];
  });
}

/** Shows an enrollment to a person, unless it has ended or is to leave. */
export function needAttention(world: World, request: AttentionRequest): AttentionAnswer {
  const reading = read(world, request);
  const { enrollment } = reading;
  const judgement = judge(caseOf(reading));
  if (goesElsewhere(judgement)) return judgement;
  const { visit, stepId, code, detail } = request;
  enrollment.status = 'needs_attention';
  enrollment.attention = { code, visit, since: reading.at };
  record(reading, { visit, stepId, kind: 'attention', outcome: code, reason: detail });
  return { kind: 'noted', written: enrollment.visit >= visit, since: reading.at };
}
