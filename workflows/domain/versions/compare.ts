import { isSame } from './equal';

/** A step as a compiled graph has it; its other fields depend on its kind. */
export interface VersionStep {
  id: string;
  kind: string;
}

/** As much of a compiled graph as two versions are compared by. */
export interface VersionGraph {
  first: string;
  steps: Readonly<Record<string, VersionStep>>;
}

/** One thing that differs: in words, with both values as they stand in the graph. */
export interface Difference {
  what: string;
  from: unknown;
  to: unknown;
}

export interface StepChange {
  stepId: string;
  kind: string;
  /** `replaced`: the id is still there, but names another kind of step. */
  change: 'same' | 'changed' | 'replaced' | 'gone' | 'new';
  differences: Difference[];
}

export interface VersionDiff {
  steps: StepChange[];
  /** What differs in the journey itself: its entries, exits, window and so on. */
  journey: Difference[];
}

/** Compares two versions step by step: first those of the older one in its order, then those that are new. */
export function compareVersions(from: VersionGraph, to: VersionGraph): VersionDiff {
  const kept = Object.values(from.steps).map((step) => compareStep(step, to.steps[step.id]));
  const added = Object.values(to.steps).filter(({ id }) => !Object.hasOwn(from.steps, id));
  return {
    steps: [...kept, ...added.map(({ id, kind }) => changeOf(id, kind, 'new'))],
    journey: journeyDifferences(from, to),
  };
}

function compareStep(before: VersionStep, now: VersionStep | undefined): StepChange {
  const { id, kind } = before;
  if (!now) return changeOf(id, kind, 'gone');
  if (natureOf(before) !== natureOf(now))
    return { ...changeOf(id, kind, 'replaced'), differences: [{ what: 'kind', from: kind, to: now.kind }] };
  const differences = differencesOf(before, now);
  return { ...changeOf(id, kind, differences.length > 0 ? 'changed' : 'same'), differences };
}

function changeOf(stepId: string, kind: string, change: StepChange['change']): StepChange {
  return { stepId, kind, change, differences: [] };
}

/** What a step is to the people who stand at it: a message on another channel is another thing to them. */
export function natureOf(step: VersionStep): string {
  const via = 'via' in step ? step.via : undefined;
  return step.kind === 'message' && typeof via === 'string' ? `message by ${via}` : step.kind;
}

/** Fields of steps and journeys, as people call them. What is not here is called by its own name. */
const words: Readonly<Record<string, string>> = {
  for: 'wait time',
  until: 'wait time',
  on: 'behaviours',
  if: 'condition',
  templateVersionId: 'text of the template',
  next: 'path',
  else: 'path',
  from: 'sender',
  send: 'time of sending',
  with: 'values',
  first: 'first step',
  unless: 'who is kept out',
  reentry: 're-entry',
  defaultExits: 'default exits',
};

function differencesOf(before: object, now: object): Difference[] {
  const [old, young] = [
    new Map<string, unknown>(Object.entries(before)),
    new Map<string, unknown>(Object.entries(now)),
  ];
  return [...new Set([...old.keys(), ...young.keys()])].flatMap((field) => {
    const [from, to] = [old.get(field), young.get(field)];
    if (isSame(from, to)) return [];
    return [{ what: wordsFor(field, from, to), from: from ?? null, to: to ?? null }];
  });
}

/** The same choices that lead elsewhere are another path, not another choice. */
function wordsFor(field: string, from: unknown, to: unknown): string {
  const leadsElsewhere = isSame(withoutNext(from), withoutNext(to));
  return leadsElsewhere ? 'path' : (words[field] ?? field);
}

function withoutNext(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  return value.map((one: unknown) => (typeof one === 'object' && one !== null ? { ...one, next: undefined } : one));
}

function journeyDifferences(from: VersionGraph, to: VersionGraph): Difference[] {
  const { steps: _old, ...before } = from;
  const { steps: _new, ...now } = to;
  return differencesOf(before, now);
}
