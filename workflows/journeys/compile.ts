import type { Condition } from '../domain/conditions/condition';
import type { Reentry } from '../domain/entry';
import type { JourneyDocument } from './document';
import type { Awaited, BranchStep, Graph, GraphStep } from './graph';
import type { Placed } from './outline';

/**
 * The graph of a document that passed its checks: flat, every `next` named, `of: journey` spelled out.
 * A branch or an exit with an `if` gets a branch before it, under its id and `.if`: neither can be passed by itself.
 */
export function compileGraph(document: JourneyDocument, placed: Placed[]): Graph {
  const plan = planOf(placed);
  const { journey, topic, priority, entry, exits, defaultExits } = document;
  return {
    journey,
    name: document.name ?? journey,
    topic,
    priority,
    first: plan.target(placed[0]?.step.id ?? null),
    steps: Object.fromEntries(placed.flatMap((one) => compileStep(one, plan)).map((step) => [step.id, step])),
    entries: entry.map((one) => ({ kind: 'event' as const, ...one })),
    reentry: compileReentry(document.reentry),
    ...(document.unless !== undefined && { unless: document.unless }),
    exits,
    defaultExits,
  };
}

interface Plan {
  /** Where arriving at a step begins. */
  target(id: string | null): string;
  /** Step ids of messages; all of them for `journey`. */
  messages(of: string | string[] | undefined): string[];
}

function planOf(placed: Placed[]): Plan {
  const guarded = new Set(placed.filter(isGuarded).map(({ step }) => step.id));
  const emails = placed.filter(({ step }) => step.kind === 'email').map(({ step }) => step.id);
  return {
    target(id) {
      if (id === null) throw new Error('a path without an end was compiled');
      return guarded.has(id) ? guardOf(id) : id;
    },
    messages: (of) => [...new Set([of ?? []].flat().flatMap((id) => (id === 'journey' ? emails : [id])))],
  };
}

function isGuarded({ step }: Placed): boolean {
  return step.if !== undefined && (step.kind === 'branch' || step.kind === 'exit');
}

function guardOf(id: string): string {
  return `${id}.if`;
}

function compileStep(placed: Placed, plan: Plan): GraphStep[] {
  const { step } = placed;
  const own = compileKind(placed, plan);
  if (step.if === undefined) return [own];
  const condition = resolve(step.if, plan);
  if (own.kind === 'email' || own.kind === 'wait') return [{ ...own, if: condition }];
  const guard: BranchStep = {
    id: guardOf(step.id),
    kind: 'branch',
    cases: [{ when: condition, next: step.id }],
    else: plan.target(placed.next),
  };
  return [guard, own];
}

function compileKind(placed: Placed, plan: Plan): GraphStep {
  const { step, choices, otherwise } = placed;
  switch (step.kind) {
    case 'email': {
      const { if: _if, next: _next, ...rest } = step;
      return { ...rest, next: plan.target(placed.next) };
    }
    case 'wait': {
      const on: Awaited[] = (step.on ?? []).map(({ do: _do, of, ...rest }, index) => {
        return { ...rest, of: plan.messages(of), next: plan.target(choices[index] ?? null) };
      });
      const { if: _if, next: _next, on: _on, ...rest } = step;
      return { ...rest, on, next: plan.target(placed.next) };
    }
    case 'branch': {
      const cases = step.cases.map(({ when }, index) => {
        return { when: resolve(when, plan), next: plan.target(choices[index] ?? null) };
      });
      return { id: step.id, kind: 'branch', cases, else: plan.target(otherwise) };
    }
    case 'exit':
      return { id: step.id, kind: 'exit', outcome: step.outcome };
  }
}

function resolve(condition: Condition, plan: Plan): Condition {
  if ('all' in condition) return { all: condition.all.map((part) => resolve(part, plan)) };
  if ('any' in condition) return { any: condition.any.map((part) => resolve(part, plan)) };
  if ('not' in condition) return { not: resolve(condition.not, plan) };
  if (!('did' in condition) || condition.of === undefined) return condition;
  return { ...condition, of: plan.messages(condition.of) };
}

function compileReentry(reentry: JourneyDocument['reentry']): Reentry {
  if (typeof reentry === 'string') return { kind: reentry };
  return 'after' in reentry ? { kind: 'after', period: reentry.after } : { kind: 'per', property: reentry.per };
}
