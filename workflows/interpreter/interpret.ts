import { at, begin, type RunState } from '../contract/run-state';
import type { Closes, Position } from '../contract/visits';
import type { Graph, GraphStep, StepKind } from '../journeys/graph';
import { instant } from './describe';
import { after, stepOf } from './follow';
import { EffectGaveUp, type Host, type Woke } from './host';
import { requestOf, type Outcome, type Run, type Runner } from './runner';
import { branch } from './steps/branch';
import { email } from './steps/email';
import { enroll } from './steps/enroll';
import { exit } from './steps/exit';
import { message } from './steps/message';
import { notify } from './steps/notify';
import { repeat } from './steps/repeat';
import { score } from './steps/score';
import { split } from './steps/split';
import { task } from './steps/task';
import { update } from './steps/update';
import { wait } from './steps/wait';

/** A kind without a runner does not compile. */
const runners: { [K in StepKind]: Runner<K> } = {
  email,
  message,
  notify,
  wait,
  branch,
  split,
  repeat,
  update,
  score,
  task,
  enroll,
  exit,
};

export type Interpreted = { kind: 'ended'; outcome: string } | { kind: 'renew'; state: RunState };
type Turn = { kind: 'ended'; outcome: string } | { kind: 'go'; state: RunState };

/** A deadline closer than this is waited for on the spot, without showing the wait again. */
const SHORT_MS = 5_000;

export interface Interpretation {
  enrollmentId: string;
  graph: Graph;
  state: RunState;
}

/** Runs an enrollment from `state` to its end, or until the run should be renewed: only ever between two visits. */
export async function interpret({ enrollmentId, graph, state }: Interpretation, host: Host): Promise<Interpreted> {
  // A run takes one turn at least, so that even the smallest limit makes progress.
  let turn = await takeTurn({ enrollmentId, graph, host, state });
  while (turn.kind === 'go') {
    if (host.renewDue()) return { kind: 'renew', state: turn.state };
    turn = await takeTurn({ enrollmentId, graph, host, state: turn.state });
  }
  return turn;
}

interface Context extends Run {
  graph: Graph;
}

async function takeTurn(context: Context): Promise<Turn> {
  const step = stepOf(context.graph, context.state.stepId);
  try {
    return await settle(context, step, await runStep(step, context));
  } catch (failure) {
    if (!(failure instanceof EffectGaveUp)) throw failure;
    // Leaving or asking for attention gave up. If asking now does too, the run fails, and the sweep shows it.
    return needAttention(context, step, { code: failure.code, detail: failure.detail });
  }
}

async function runStep(step: GraphStep, run: Run): Promise<Outcome> {
  try {
    return await dispatch(step, run);
  } catch (failure) {
    if (failure instanceof EffectGaveUp) return { kind: 'attention', code: failure.code, detail: failure.detail };
    throw failure;
  }
}

function dispatch(step: GraphStep, run: Run): Promise<Outcome> {
  switch (step.kind) {
    case 'email':
      return runners.email(step, run);
    case 'message':
      return runners.message(step, run);
    case 'notify':
      return runners.notify(step, run);
    case 'wait':
      return runners.wait(step, run);
    case 'branch':
      return runners.branch(step, run);
    case 'split':
      return runners.split(step, run);
    case 'repeat':
      return runners.repeat(step, run);
    case 'update':
      return runners.update(step, run);
    case 'score':
      return runners.score(step, run);
    case 'task':
      return runners.task(step, run);
    case 'enroll':
      return runners.enroll(step, run);
    case 'exit':
      return runners.exit(step, run);
  }
}

/** Where the run goes on, whatever the step kind: the refusals are the same for all of them. */
async function settle(context: Context, step: GraphStep, outcome: Outcome): Promise<Turn> {
  const { state } = context;
  switch (outcome.kind) {
    case 'closed':
      return go(after(step, { visit: state.visit, outcome: outcome.outcome }));
    case 'again':
      return go(state);
    case 'finished':
    case 'ended':
      return { kind: 'ended', outcome: outcome.outcome };
    case 'behind':
      return go(goOnFrom(context.graph, outcome.position));
    case 'overtaken':
      return go(after(stepOf(context.graph, outcome.by.stepId), outcome.by));
    case 'taken':
      return go({ ...state, visit: state.visit + 1, closes: { visit: state.visit, outcome: 'skipped' } });
    case 'leave':
      return leave(context);
    case 'held':
      return held(context, step, outcome);
    case 'not-yet':
      return notYet(context, outcome);
    case 'disturbed':
      return disturbed(context, step, { by: outcome.by, written: true });
    case 'attention':
      return needAttention(context, step, outcome);
  }
}

function go(state: RunState): Turn {
  return { kind: 'go', state };
}

function goOnFrom(graph: Graph, position: Position): RunState {
  return position.visit === 0 ? begin(graph.first) : at(position);
}

async function leave(
  { enrollmentId, host, state }: Context,
  leaving?: { outcome: string; cause: string },
): Promise<Turn> {
  const { resumes } = state;
  const request = {
    ...{ enrollmentId, now: host.now(), at: null },
    ...(leaving && { leaving }),
    ...(resumes !== undefined && { resumes }),
  };
  const answer = await host.perform('finish', request, 'leave the journey');
  return answer.kind === 'finished' || answer.kind === 'ended' ? { kind: 'ended', outcome: answer.outcome } : go(state);
}

async function held(
  context: Context,
  step: GraphStep,
  answer: { until: number | null; written: boolean },
): Promise<Turn> {
  const { host, state } = context;
  const { until, written } = answer;
  const detail = until === null ? `held before ${step.id}` : `released before ${step.id} at ${instant(until)}`;
  const by = await host.rest({ phase: 'held', stepId: step.id, visit: state.visit, until, detail });
  return disturbed(context, step, { by, written });
}

async function notYet(
  context: Context,
  { until, position }: { until: number | null; position: Position | null },
): Promise<Turn> {
  const { host, state } = context;
  if (position && (until === null || until - host.now() > SHORT_MS)) return waitOn(context, { until, position });
  const detail = `events accepted before the deadline are being processed`;
  const by = await host.rest({ phase: 'acting', stepId: state.stepId, visit: state.visit, until, detail });
  return by.kind === 'leave' || by.kind === 'cancel'
    ? disturbed(context, stepOf(context.graph, state.stepId), { by, written: false })
    : go(state);
}

/**
 * The wait is not over: it is rested on here, for as long as Postgres said. Going back to it would rest by the stored
 * deadline, which a clock ahead of the database's has passed already: the two would take turns without end.
 */
async function waitOn(context: Context, back: { until: number | null; position: Position }): Promise<Turn> {
  const { until, position } = back;
  const { stepId, visit } = position;
  const step = stepOf(context.graph, stepId);
  const detail = until === null ? `waiting on at ${stepId}` : `waiting on at ${stepId} until ${instant(until)}`;
  const by = await context.host.rest({ phase: 'waiting', stepId, visit, until, detail });
  if (by.kind === 'knock' && by.outcome) return go(after(step, { visit, outcome: by.outcome }));
  if (by.kind === 'time' || by.kind === 'knock') return go(context.state);
  return disturbed({ ...context, state: at(position) }, step, { by, written: true });
}

async function needAttention(
  context: Context,
  step: GraphStep,
  reason: { code: string; detail: string },
): Promise<Turn> {
  const { host, state } = context;
  const { code, detail } = reason;
  const answer = await host.perform(
    'needAttention',
    { ...requestOf(context), code, detail },
    `${step.id} needs attention: ${code}`,
  );
  if (answer.kind === 'ended') return { kind: 'ended', outcome: answer.outcome };
  if (answer.kind === 'leave') return leave(context);
  if (answer.kind === 'behind') return go(goOnFrom(context.graph, answer.position));
  const by = await host.rest({ phase: 'needs-attention', stepId: step.id, visit: state.visit, until: null, detail });
  const resumed = { ...context, state: { ...state, resumes: answer.since } };
  const turn = await disturbed(resumed, step, { by, written: answer.written });
  return turn.kind === 'go' ? go({ ...turn.state, resumes: answer.since }) : turn;
}

/**
 * A rest was ended by something that is not the step's own. A visit that is not written yet keeps its number:
 * skipping it goes on to what follows with the same number, retrying it is simply asking again.
 */
async function disturbed(
  context: Context,
  step: GraphStep,
  { by, written }: { by: Woke; written: boolean },
): Promise<Turn> {
  const { state } = context;
  switch (by.kind) {
    case 'leave':
      return leave(context);
    case 'cancel':
      return leave(context, { outcome: 'cancelled', cause: 'the workflow was cancelled' });
    case 'skip':
      // Nothing follows an exit: there it only asks again.
      if (step.kind === 'exit') return go(state);
      return go(
        written
          ? after(step, closing(state, 'skipped'))
          : { ...state, stepId: after(step, closing(state, 'skipped')).stepId },
      );
    case 'retry':
      return go(written ? after(step, closing(state, 'retried')) : state);
    case 'time':
    case 'knock':
    case 'released':
      return go(state);
  }
}

function closing(state: RunState, outcome: Closes['outcome']): Closes {
  return { visit: state.visit, outcome };
}
