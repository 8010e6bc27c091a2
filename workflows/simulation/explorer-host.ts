import type { VisitOutcome } from '../contract/visits';
import type { Condition } from '../domain/conditions/condition';
import { deadlineOf } from '../domain/timing/deadline';
import type { Answered, EffectName, Host, Requested, Rest, Woke } from '../interpreter/host';
import type { Graph, GraphStep, SplitStep, StepOf } from '../journeys/graph';
import { Assumptions } from './assumptions';
import type { Chooser } from './chooser';

/** Where a path came by, in order. */
export type Passage =
  | { kind: 'chosen'; stepId: string; outcome: VisitOutcome; what: string; at: number }
  | { kind: 'message'; stepId: string; at: number }
  | { kind: 'asked'; journey: string; at: number }
  | { kind: 'ended'; outcome: string; at: number };

export interface Exploration {
  graph: Graph;
  enteredAt: number;
  zone: string;
  chooser: Chooser;
}

/**
 * Lets the interpreter walk one path: wherever people could differ, the chooser says what they do. Messages go out at
 * once, and a behaviour comes the moment it is waited for: the times are the earliest.
 */
export class ExplorerHost implements Host {
  readonly passages: Passage[] = [];
  private clock: number;
  private assumed = Assumptions.none;
  private readonly repeated = new Set<string>();

  constructor(private readonly it: Exploration) {
    this.clock = it.enteredAt;
  }

  now(): number {
    return this.clock;
  }

  renewDue(): boolean {
    return false;
  }

  loadGraph(): Promise<Graph> {
    return Promise.resolve(this.it.graph);
  }

  rest({ until, stepId }: Rest): Promise<Woke> {
    if (until === null) throw new Error(`${stepId} was to be ended by a behaviour`);
    this.clock = Math.max(this.clock, until);
    this.assumed = this.assumed.later();
    return Promise.resolve({ kind: 'time' });
  }

  perform<N extends EffectName>(name: N, request: Requested<N>): Promise<Answered<N>> {
    return Promise.resolve(this.answers[name](request));
  }

  private readonly answers: { [N in EffectName]: (request: Requested<N>) => Answered<N> } = {
    arrive: ({ stepId }) => this.passedBy(stepId) ?? this.wait(this.step(stepId, 'wait')),
    decide: ({ stepId }) => this.passedBy(stepId) ?? closed(this.fork(stepId)),
    act: ({ stepId }) => this.passedBy(stepId) ?? this.act(stepId),
    sendEmail: ({ stepId }) => this.passedBy(stepId) ?? this.send(stepId),
    sendMessage: ({ stepId }) => this.passedBy(stepId) ?? this.send(stepId),
    notify: ({ stepId }) => this.passedBy(stepId) ?? { kind: 'sent', state: 'accepted' },
    finish: ({ at }) => this.finish(at?.stepId ?? ''),
    needAttention: ({ detail }) => {
      throw new Error(detail);
    },
    move: () => {
      throw new Error('nobody moves on a path');
    },
  };

  private step<K extends GraphStep['kind']>(id: string, kind: K): StepOf<K> {
    const step = this.it.graph.steps[id];
    if (step?.kind !== kind) throw new Error(`${id} is no ${kind}`);
    // The discriminant was just compared; the compiler does not narrow by a type parameter.
    return step as StepOf<K>;
  }

  private passedBy(stepId: string) {
    const step = this.it.graph.steps[stepId];
    if (!step || !('if' in step) || step.if === undefined) return null;
    const holds = this.weigh(stepId, step.if, { yes: 'done', no: 'passed' });
    return holds ? null : closed('passed');
  }

  /** Whether a condition holds on this path: as it must, or as the chooser says. */
  private weigh(stepId: string, condition: Condition, names: { yes: VisitOutcome; no: VisitOutcome }): boolean {
    const known = this.assumed.verdict(condition);
    const options = [true, false].filter((holds) => known === null || known === holds);
    const holds =
      this.it.chooser.choose(options.map((one) => `${stepId} ${one ? names.yes : names.no}`)) === 0
        ? (options[0] ?? true)
        : false;
    this.assumed = this.assumed.with(condition, holds);
    const outcome = holds ? names.yes : names.no;
    this.passages.push({
      kind: 'chosen',
      stepId,
      outcome,
      what: holds ? 'its `if` holds' : 'its `if` does not hold',
      at: this.clock,
    });
    return holds;
  }

  private wait(step: StepOf<'wait'>) {
    const { enteredAt, zone } = this.it;
    const deadline = deadlineOf(step, { arrivedAt: this.clock, enteredAt, zone, fields: {} });
    const outcomes: VisitOutcome[] = [
      ...(deadline === null ? [] : ['timeout' as const]),
      ...step.on.map((_, slot): VisitOutcome => `on:${slot}`),
    ];
    const outcome = this.pick(step.id, outcomes);
    const slot = outcome === 'timeout' ? null : step.on[Number(outcome.slice(3))];
    const what = slot ? `${slot.event}${slot.of.length > 0 ? ` of ${slot.of.join(', ')}` : ''}` : 'nothing comes';
    if (step.on.length > 0) this.passages.push({ kind: 'chosen', stepId: step.id, outcome, what, at: this.clock });
    if (outcome === 'timeout') return { kind: 'waiting' as const, deadline };
    this.assumed = this.assumed.later();
    return closed(outcome);
  }

  private fork(stepId: string): VisitOutcome {
    const step = this.it.graph.steps[stepId];
    if (step?.kind === 'branch') return this.branch(step);
    if (step?.kind === 'split') return this.split(step);
    if (step?.kind === 'repeat') return this.repeat(step);
    throw new Error(`${stepId} is no fork`);
  }

  private branch({ id, cases }: StepOf<'branch'>): VisitOutcome {
    const options: { outcome: VisitOutcome; then: Assumptions }[] = [];
    let before = this.assumed;
    for (const [index, { when }] of cases.entries()) {
      const known = before.verdict(when);
      if (known !== false) options.push({ outcome: `case:${index}`, then: before.with(when, true) });
      if (known === true) return this.take(id, options);
      before = before.with(when, false);
    }
    return this.take(id, [...options, { outcome: 'else', then: before }]);
  }

  private take(stepId: string, options: readonly { outcome: VisitOutcome; then: Assumptions }[]): VisitOutcome {
    const outcome = this.pick(
      stepId,
      options.map((one) => one.outcome),
    );
    this.assumed = options.find((one) => one.outcome === outcome)?.then ?? this.assumed;
    const what = outcome === 'else' ? 'no case holds' : `case ${Number(outcome.slice(5)) + 1} holds`;
    this.passages.push({ kind: 'chosen', stepId, outcome, what, at: this.clock });
    return outcome;
  }

  private split({ id, arms }: SplitStep): VisitOutcome {
    const outcome = this.pick(
      id,
      arms.map((_, index): VisitOutcome => `case:${index}`),
    );
    const what = `arm ${arms[Number(outcome.slice(5))]?.name ?? ''}`;
    this.passages.push({ kind: 'chosen', stepId: id, outcome, what, at: this.clock });
    return outcome;
  }

  /** One round shows what a repeat is about; more rounds are the same again. */
  private repeat({ id, times }: StepOf<'repeat'>): VisitOutcome {
    const again = !this.repeated.has(id);
    this.repeated.add(id);
    const outcome: VisitOutcome = again ? 'case:0' : 'else';
    this.passages.push({
      kind: 'chosen',
      stepId: id,
      outcome,
      what: again ? `once of at most ${times} ×` : 'goes on',
      at: this.clock,
    });
    return outcome;
  }

  private pick(stepId: string, outcomes: readonly VisitOutcome[]): VisitOutcome {
    const chosen = outcomes[this.it.chooser.choose(outcomes.map((outcome) => `${stepId} ${outcome}`))];
    if (chosen === undefined) throw new Error(`${stepId} has no way out`);
    return chosen;
  }

  private send(stepId: string) {
    this.assumed = this.assumed.afterMessage();
    this.passages.push({ kind: 'message', stepId, at: this.clock });
    return { kind: 'sent' as const, state: 'accepted' };
  }

  private act(stepId: string) {
    const step = this.it.graph.steps[stepId];
    if (step?.kind === 'enroll') this.passages.push({ kind: 'asked', journey: step.journey, at: this.clock });
    if (step?.kind === 'update' || step?.kind === 'score') this.assumed = this.assumed.later();
    return closed('done');
  }

  private finish(stepId: string) {
    const { outcome, into } = this.step(stepId, 'exit');
    if (into !== undefined) this.passages.push({ kind: 'asked', journey: into, at: this.clock });
    this.passages.push({ kind: 'ended', outcome, at: this.clock });
    return { kind: 'finished' as const, outcome };
  }
}

function closed(outcome: VisitOutcome) {
  return { kind: 'closed' as const, outcome };
}
