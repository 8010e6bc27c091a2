import type { Path } from './problem';
import type { StepSource } from './steps/step';

/** A step, where it stands in the document, and the step it goes on to. */
export interface Placed {
  step: StepSource;
  path: Path;
  /** Named by `next`, or the one that follows; null where nothing does. */
  next: string | null;
  /** One for each entry of `on`, case of a branch, or arm of a split, a holdout last. */
  choices: (string | null)[];
  /** Where a branch without a matching case goes. */
  otherwise: string | null;
}

/**
 * All steps in the order in which they are written, also the nested ones. What stands under `do` goes on to the step
 * after its parent.
 */
export function outline(steps: StepSource[], path: Path = ['steps'], after: string | null = null): Placed[] {
  return steps.flatMap((step, index) => {
    const next = step.next ?? steps[index + 1]?.id ?? after;
    const here = { path: [...path, index], next };
    const choices = choicesOf(step).map(({ choice }) => wayOf(choice, next));
    const otherwise = step.kind === 'branch' ? wayOf(elseOf(step), next) : next;
    return [{ step, ...here, choices, otherwise }, ...nestedIn(step, here)];
  });
}

interface ChoiceSource {
  next?: string | undefined;
  do?: StepSource[] | undefined;
}

/** What a step chooses between, and where each choice stands within the step. */
function choicesOf(step: StepSource): { at: Path; choice: ChoiceSource }[] {
  const numbered = (name: string, choices: readonly ChoiceSource[]) =>
    choices.map((choice, index) => ({ at: [name, index], choice }));
  switch (step.kind) {
    case 'wait':
    case 'handoff':
      return numbered('on', step.on ?? []);
    case 'branch':
      return numbered('cases', step.cases);
    case 'split':
      return [...numbered('arms', step.arms), ...(step.holdout ? [{ at: ['holdout'], choice: step.holdout }] : [])];
    case 'email':
    case 'message':
    case 'notify':
    case 'repeat':
    case 'update':
    case 'score':
    case 'task':
    case 'enroll':
    case 'exit':
      return [];
  }
}

function elseOf(step: Extract<StepSource, { kind: 'branch' }>): ChoiceSource {
  return typeof step.else === 'string' ? { next: step.else } : (step.else ?? {});
}

function wayOf(choice: ChoiceSource, next: string | null): string | null {
  return choice.next ?? choice.do?.[0]?.id ?? next;
}

function nestedIn(step: StepSource, { path, next }: Pick<Placed, 'path' | 'next'>): Placed[] {
  const choices = choicesOf(step);
  if (step.kind === 'branch') choices.push({ at: ['else'], choice: elseOf(step) });
  return choices.flatMap(({ at, choice }) => outline(choice.do ?? [], [...path, ...at, 'do'], next));
}

/** A way out of a step, and the part of the document that says so. */
export interface Way {
  path: Path;
  to: string | null;
  /** Goes back, as often as a `repeat` says. */
  back?: true;
}

export function waysOut(placed: Placed): Way[] {
  const { step, path, next, otherwise } = placed;
  const onward = { path: step.next === undefined ? path : [...path, 'next'], to: next };
  const chosen = choicesOf(step).map(({ at }, index) => ({
    path: [...path, ...at],
    to: placed.choices[index] ?? null,
  }));
  const passed = step.if === undefined ? [] : [onward];
  switch (step.kind) {
    case 'exit':
      return passed;
    case 'branch':
      return [...chosen, { path: step.else === undefined ? path : [...path, 'else'], to: otherwise }, ...passed];
    case 'split':
      return [...chosen, ...passed];
    case 'repeat':
      return [onward, { path: [...path, 'from'], to: step.from, back: true }];
    case 'email':
    case 'message':
    case 'notify':
    case 'wait':
    case 'update':
    case 'score':
    case 'task':
    case 'enroll':
    case 'handoff':
      return [onward, ...chosen];
  }
}
