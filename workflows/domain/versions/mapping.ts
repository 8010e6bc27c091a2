import { natureOf, type VersionGraph, type VersionStep } from './compare';

/** The author's word on where people go on: old step → new step, or null for those who end. */
export type StepMapping = Readonly<Record<string, string | null>>;

export type MoveTarget =
  | { kind: 'step'; step: VersionStep }
  /** The author has them leave. */
  | { kind: 'end' }
  /** The step is not there any more, and nobody said where to go on. */
  | { kind: 'gone' };

/** Where people at a step of the old version go on: as the author maps it, else at the step of the same id and nature. */
export function targetOf(old: VersionStep, mapping: StepMapping, to: VersionGraph): MoveTarget {
  const mapped = Object.hasOwn(mapping, old.id) ? mapping[old.id] : undefined;
  if (mapped === null) return { kind: 'end' };
  const step = mapped === undefined ? kept(old, to) : to.steps[mapped];
  return step ? { kind: 'step', step } : { kind: 'gone' };
}

/** The step that the old one is in the new version, if it is still there as what it was. */
function kept(old: VersionStep, to: VersionGraph): VersionStep | undefined {
  const step = to.steps[old.id];
  return step && natureOf(step) === natureOf(old) ? step : undefined;
}

export interface MappingProblem {
  stepId: string;
  message: string;
}

/**
 * What is wrong with a mapping. A step that is still there maps to a step of its own nature only, so that a wait goes on
 * as a wait; one that is gone maps to any step.
 */
export function mappingProblems(
  mapping: StepMapping,
  { from, to }: { from: readonly VersionGraph[]; to: VersionGraph },
): MappingProblem[] {
  return Object.entries(mapping).flatMap(([stepId, target]) => {
    const olds = from.flatMap(({ steps }) => steps[stepId] ?? []);
    const message = problemOf({ stepId, target, olds, to });
    return message === null ? [] : [{ stepId, message }];
  });
}

interface Mapped {
  stepId: string;
  target: string | null;
  /** The step in each version that people are moved from. */
  olds: readonly VersionStep[];
  to: VersionGraph;
}

function problemOf({ stepId, target, olds, to }: Mapped): string | null {
  if (olds.length === 0) return `no version that people may be in has a step ${stepId}`;
  if (target === null) return null;
  const step = to.steps[target];
  if (!step) return `the new version has no step ${target}`;
  const other = olds.find((old) => kept(old, to) && natureOf(old) !== natureOf(step));
  if (!other) return null;
  return `${stepId} is still there: people at this ${natureOf(other)} cannot go on at the ${natureOf(step)} ${target}`;
}
