import { exitBy, type ExitRuling } from '../../../workflows/domain/visits/exits';
import { diversionOutcome, type Diversion } from '../../../workflows/domain/visits/diversion';
import { journeyWorkflowId } from '../../../workflows/contract/journey';
import type { JsonObject } from '../../../workflows/domain/json';
import type { Folding, Learned } from './folding';
import type { Enrolled } from './subject';

/** An open enrollment, and what this event does to it. */
export interface Exiting {
  enrollment: Enrolled;
  ruling: ExitRuling;
}

/** Rules on every open enrollment that is not leaving, once for each event: what it does is decided before it is done. */
export function ruleOnExits({ subject, rules, event }: Folding, learned: Learned): Exiting[] {
  return subject.enrollments.flatMap((enrollment) => {
    const graph = rules.graphs.get(enrollment.versionId);
    if (enrollment.finished || enrollment.leaving !== null || !graph) return [];
    if (event.properties.enrollmentId === enrollment.id && event.type === 'journey.entered') return []; // its own entry
    const diverted = enrollment.diverted !== null;
    const ruling = exitBy(graph, { event, learned, names: rules.defaultExits, diverted });
    return ruling ? [{ enrollment, ruling }] : [];
  });
}

/**
 * Sends on whom this event meets an exit with `next` of, before it may win a visit: it ends the present one. What that
 * was waiting for goes, or a later event would win a visit that nobody follows. PROTOCOL rule 22.
 */
export function divert(folding: Folding, exits: readonly Exiting[]): void {
  const { subject, event, changes } = folding;
  for (const { enrollment, ruling } of exits) {
    if (ruling.kind !== 'divert') continue;
    const { id } = enrollment;
    const { exit, next } = ruling;
    const diversion: Diversion = {
      ...{ exit, seq: String(event.seq), turn: String(event.turn), at: event.receivedAt },
      taken: null,
    };
    enrollment.diverted = diversion;
    subject.subscriptions = subject.subscriptions.filter(({ enrollmentId }) => enrollmentId !== id);
    changes.diversions.push({ enrollmentId: id, diversion });
    note(folding, enrollment, { kind: 'diversion', outcome: diversionOutcome(diversion), said: `goes on at ${next}` });
    knock(folding, enrollment, null);
  }
}

/** Writes `leaving` where this event ends an open enrollment; the first reason stays. PROTOCOL rule 6. */
export function leave(folding: Folding, exits: readonly Exiting[]): void {
  for (const { enrollment, ruling } of exits) {
    if (ruling.kind !== 'leave') continue;
    const { outcome } = ruling;
    enrollment.leaving = outcome;
    folding.changes.leaves.push({ enrollmentId: enrollment.id, outcome, cause: causeOf(folding) });
    note(folding, enrollment, { kind: 'exit', outcome, said: 'ends' });
    knock(folding, enrollment, 'leave');
  }
}

function causeOf({ event }: Folding): JsonObject {
  const at = new Date(event.receivedAt).toISOString();
  return { kind: 'event', type: event.type, event: String(event.seq), at };
}

function note(
  folding: Folding,
  { id: enrollmentId, journeyKey, stepId, visit }: Enrolled,
  { kind, outcome, said }: { kind: 'exit' | 'diversion'; outcome: string; said: string },
): void {
  const { subject, event, rules, changes } = folding;
  const reason = kind === 'exit' ? `${event.type} ${said} this journey` : `after ${event.type} this journey ${said}`;
  changes.decisions.push({
    ...{ id: rules.newId(), contactId: subject.id, enrollmentId, journeyKey, stepId, visit },
    ...{ kind, outcome, reason, inputs: causeOf(folding), at: event.receivedAt },
  });
}

/** It names no visit: it wakes the enrollment wherever it rests. */
function knock({ changes }: Folding, { id, journeyKey }: Enrolled, outcome: 'leave' | null): void {
  const workflowId = journeyWorkflowId(journeyKey, id);
  changes.dispatch.push({ enrollmentId: id, workflowId, kind: 'wake', visit: null, outcome });
}
