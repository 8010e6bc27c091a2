import { natureOf, type VersionGraph, type VersionStep } from './compare';
import { targetOf, type StepMapping } from './mapping';

/** Where an enrollment stands when it is moved. */
export type MoveFrom =
  /** Nothing was carried out yet. */
  | { at: 'start' }
  /** A visit of this step is open: they wait, or their message is not settled. `wentOut`: it was sent, or may have been. */
  | { at: 'open'; step: VersionStep; wentOut: boolean }
  /** This step is the next one to be taken; nothing of it was written. */
  | { at: 'before'; step: VersionStep };

export type MoveVerdict =
  /** From the first step of the new version. */
  | { kind: 'begin' }
  /** The wait goes on at this step of the new version: a new visit, as if they had waited there all along. */
  | { kind: 'wait'; stepId: string }
  /** The open visit stays as it is: its message is carried out by the new version. */
  | { kind: 'stay' }
  /** This step of the new version is taken next; a visit that is open is closed. */
  | { kind: 'ahead'; stepId: string }
  | { kind: 'end' }
  | { kind: 'gone'; stepId: string };

/** What a move does to one enrollment. What was carried out is not repeated. */
export function moveVerdict(from: MoveFrom, mapping: StepMapping, to: VersionGraph): MoveVerdict {
  if (from.at === 'start') return { kind: 'begin' };
  const target = targetOf(from.step, mapping, to);
  if (target.kind === 'end') return target;
  if (target.kind === 'gone') return { kind: 'gone', stepId: from.step.id };
  const { step } = target;
  if (from.at === 'before') return { kind: 'ahead', stepId: step.id };
  if (from.step.kind === 'wait') return { kind: step.kind === 'wait' ? 'wait' : 'ahead', stepId: step.id };
  if (step.id === from.step.id && natureOf(step) === natureOf(from.step)) return { kind: 'stay' };
  return { kind: 'ahead', stepId: from.wentOut ? afterIt(from.step, step) : step.id };
}

/** A message that went out is not sent again under another step's name. */
function afterIt(old: VersionStep, target: VersionStep): string {
  const next = 'next' in target ? target.next : undefined;
  return natureOf(old) === natureOf(target) && typeof next === 'string' ? next : target.id;
}

/** What a move did, in words. `stepId` is the step of the version before. */
export function moveReason(verdict: MoveVerdict, stepId: string): string {
  switch (verdict.kind) {
    case 'begin':
      return 'nothing was carried out yet: it begins with the new version';
    case 'wait':
      return `waits on at ${verdict.stepId} as if it had waited there since it came to ${stepId}`;
    case 'stay':
      return `its message of ${stepId} goes on`;
    case 'ahead':
      return `goes on at ${verdict.stepId} instead of ${stepId}`;
    case 'end':
      return `the plan ends whoever is at ${stepId}`;
    case 'gone':
      return `the new version has no ${stepId}, and nothing was said about whoever is there`;
  }
}
