import type { Path } from './problem';
import type { StepSource } from './steps/step';

/** A step, where it stands in the document, and the step it goes on to. */
export interface Placed {
  step: StepSource;
  path: Path;
  /** Named by `next`, or the one that follows; null where nothing does. */
  next: string | null;
  /** One for each entry of `on`, or case of a branch. */
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
    return [{ step, ...here, ...waysOf(step, next) }, ...nestedIn(step, here)];
  });
}

function waysOf(step: StepSource, next: string | null): Pick<Placed, 'choices' | 'otherwise'> {
  const wayOf = (choice: { next?: string; do?: StepSource[] }) => choice.next ?? choice.do?.[0]?.id ?? next;
  if (step.kind === 'wait') return { choices: (step.on ?? []).map(wayOf), otherwise: next };
  if (step.kind !== 'branch') return { choices: [], otherwise: next };
  const otherwise = typeof step.else === 'string' ? step.else : (step.else?.do[0]?.id ?? next);
  return { choices: step.cases.map(wayOf), otherwise };
}

function nestedIn(step: StepSource, { path, next }: Pick<Placed, 'path' | 'next'>): Placed[] {
  if (step.kind !== 'wait' && step.kind !== 'branch') return [];
  const [name, choices] = step.kind === 'wait' ? ['on', step.on ?? []] : ['cases', step.cases];
  const nested = choices.flatMap((choice, index) => outline(choice.do ?? [], [...path, name, index, 'do'], next));
  if (step.kind === 'wait' || step.else === undefined || typeof step.else === 'string') return nested;
  return [...nested, ...outline(step.else.do, [...path, 'else', 'do'], next)];
}

/** A way out of a step, and the part of the document that says so. */
export interface Way {
  path: Path;
  to: string | null;
}

export function waysOut({ step, path, next, choices, otherwise }: Placed): Way[] {
  const onward = { path: step.next === undefined ? path : [...path, 'next'], to: next };
  const name = step.kind === 'wait' ? 'on' : 'cases';
  const chosen = choices.map((to, index) => ({ path: [...path, name, index], to }));
  if (step.kind === 'exit') return step.if === undefined ? [] : [onward];
  if (step.kind !== 'branch') return [onward, ...chosen];
  const last = { path: step.else === undefined ? path : [...path, 'else'], to: otherwise };
  return [...chosen, last, ...(step.if === undefined ? [] : [onward])];
}
