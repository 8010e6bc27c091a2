import { groupTypes, spellOut } from '../domain/conditions/spell-out';
import type { Awaited, BranchStep, GraphStep } from './graph';
import type { Placed } from './outline';
import { guardOf, isGuarded, type Plan } from './plan';
import type { Condition } from '../domain/conditions/condition';
import type { AwaitedSource } from './steps/awaited';
import { holdoutName } from './steps/split';
import type { StepSource } from './steps/step';

/** One step, or several: a guard before it, and the wait of a handoff after it. */
export function compileStep(placed: Placed, plan: Plan): GraphStep[] {
  const { step } = placed;
  const own = compileKind(placed, plan);
  if (step.if === undefined) return own;
  const condition = resolve(step.if, plan);
  if (!isGuarded(placed)) return own.map((one) => ({ ...one, if: condition }));
  const guard: BranchStep = {
    id: guardOf(step.id),
    kind: 'branch',
    cases: [{ when: condition, next: step.id }],
    else: plan.target(placed.next),
  };
  return [guard, ...own];
}

function compileKind(placed: Placed, plan: Plan): GraphStep[] {
  const { step } = placed;
  switch (step.kind) {
    case 'exit': {
      const { if: _if, next: _next, ...own } = step;
      return [own];
    }
    case 'branch':
      return [compileBranch({ ...placed, step }, plan)];
    case 'handoff':
      return compileHandoff({ ...placed, step }, plan);
    case 'email':
    case 'message':
    case 'notify':
    case 'wait':
    case 'split':
    case 'repeat':
    case 'update':
    case 'score':
    case 'task':
    case 'enroll':
      return [compileOnward({ ...placed, step }, plan)];
  }
}

type Of<K extends StepSource['kind']> = Placed & { step: Extract<StepSource, { kind: K }> };

/** The kinds that have one step after them. */
function compileOnward(placed: Of<Exclude<StepSource['kind'], 'exit' | 'branch' | 'handoff'>>, plan: Plan): GraphStep {
  const { if: _if, ...step } = placed.step;
  const next = plan.target(placed.next);
  switch (step.kind) {
    case 'email': {
      const { from, ...rest } = step;
      return { ...rest, ...(from !== undefined && { from: [from].flat() }), next };
    }
    case 'wait':
      return { ...step, on: compileAwaited(step.on, { placed, plan }), next };
    case 'split':
      return compileSplit({ ...placed, step }, plan);
    case 'repeat':
      return { ...step, from: plan.target(step.from), next };
    case 'update': {
      const { set = {}, tags: { add = [], remove = [] } = {} } = step;
      return { ...step, set, tags: { add, remove }, next };
    }
    case 'message':
    case 'notify':
    case 'score':
    case 'task':
    case 'enroll':
      return { ...step, next };
  }
}

function compileBranch({ step, choices, otherwise }: Of<'branch'>, plan: Plan): GraphStep {
  const cases = step.cases.map(({ when }, index) => {
    return { when: resolve(when, plan), next: plan.target(choices[index] ?? null) };
  });
  return { id: step.id, kind: 'branch', cases, else: plan.target(otherwise) };
}

/** The holdout is an arm, the last. */
function compileSplit({ step, choices, next }: Of<'split'>, plan: Plan): GraphStep {
  const wayOf = (index: number) => plan.target(choices[index] ?? null);
  const arms = step.arms.map(({ name, weight }, index) => ({ name, weight, next: wayOf(index) }));
  const holdout = step.holdout && {
    ...{ name: holdoutName, weight: step.holdout.weight, holdout: true },
    next: wayOf(step.arms.length),
  };
  // Where every arm has a way of its own and no `if` passes it by, nothing may follow.
  const passed = plan.target(step.if === undefined ? (choices[0] ?? null) : next);
  return { id: step.id, kind: 'split', arms: [...arms, ...(holdout ? [holdout] : [])], next: passed };
}

/** Until handoffs are a thing of their own: a task for the owner, and a wait for what comes of it. */
function compileHandoff(placed: Of<'handoff'>, plan: Plan): GraphStep[] {
  const { id, reason, suggest = 'custom', for: period } = placed.step;
  const waitId = `${id}.wait`;
  const on = compileAwaited(placed.step.on, { placed, plan });
  return [
    { id, kind: 'task', type: suggest, to: 'owner', title: reason, next: waitId },
    { id: waitId, kind: 'wait', for: period, on, next: plan.target(placed.next) },
  ];
}

function compileAwaited(
  on: AwaitedSource<StepSource>[] = [],
  { placed, plan }: { placed: Placed; plan: Plan },
): Awaited[] {
  return on.map(({ do: _do, of, ...rest }, index) => ({
    ...rest,
    ...groupTypes(rest.event, plan.groups),
    of: plan.messages(of),
    next: plan.target(placed.choices[index] ?? null),
  }));
}

function resolve(condition: Condition, plan: Plan): Condition {
  return spellOut(condition, plan.groups, (test) =>
    test.of === undefined ? test : { ...test, of: plan.messages(test.of) },
  );
}
