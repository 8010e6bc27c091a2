import type { MoveOrder } from '../contract/effects';
import { at, begin, type RunState } from '../contract/run-state';
import type { Closes, Position } from '../contract/visits';
import type { Graph, GraphStep, StepKind } from '../journeys/graph';
import { instant } from './describe';
import { after, nextOfExit, stepOf } from './follow';
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

export type Interpreted =
  | { kind: 'ended'; outcome: string }
  /** To be handed to a fresh run; it may have been moved to another version meanwhile. */
  | { kind: 'renew'; state: RunState; versionId: string };
type Turn =
  | { kind: 'ended'; outcome: string }
  /** `version`: the enrollment is in another one now. */
  | { kind: 'go'; state: RunState; version?: Version };

/** The version of the journey that a run goes by. */
interface Version {
  versionId: string;
  graph: Graph;
}

/** A deadline closer than this is waited for on the spot, without showing the wait again. */
const SHORT_MS = 5_000;

export interface Interpretation extends Version {
  enrollmentId: string;
  state: RunState;
}

/** Runs an enrollment from `state` to its end, or until the run should be renewed: only ever between two visits. */
export async function interpret(given: Interpretation, host: Host): Promise<Interpreted> {
  let context: Context = { ...given, host };
  // A run takes one turn at least, so that even the smallest limit makes progress.
  for (;;) {
    const turn = await takeTurn(context);
    if (turn.kind === 'ended') return turn;
    context = { ...context, ...turn.version, state: turn.state };
    if (host.renewDue()) return { kind: 'renew', state: turn.state, versionId: context.versionId };
  }
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
      return go(after(context.graph, step, { visit: state.visit, outcome: outcome.outcome }));
    case 'again':
      return go(state);
    case 'finished':
    case 'ended':
      return { kind: 'ended', outcome: outcome.outcome };
    case 'behind':
      return goOnFrom(context, outcome);
    case 'overtaken':
      return go(followed(context, outcome.by));
    case 'diverted':
      return go(divertedTo(context, outcome));
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

/** The effect that comes next closes the visit that Postgres named, with the exit: so it is the one that is let through. */
function divertedTo({ graph, state }: Context, { exit, visit }: { exit: number; visit: number }): RunState {
  const closes: Closes = { visit, outcome: `exit:${exit}` };
  const { resumes } = state;
  return {
    ...{ stepId: nextOfExit(graph, closes.outcome), visit: visit + 1, closes },
    ...(resumes !== undefined && { resumes }),
  };
}

/** On after the end that Postgres wrote. */
function followed({ graph }: Context, { stepId, ...closes }: Closes & { stepId: string }): RunState {
  return after(graph, stepOf(graph, stepId), closes);
}

/** On from where Postgres says that it stands, by the version that it is in there. */
async function goOnFrom(
  { host, ...known }: Context,
  { versionId = known.versionId, position }: { versionId?: string; position: Position },
): Promise<Turn> {
  const isKnown = versionId === known.versionId;
  const graph = isKnown ? known.graph : await host.loadGraph(versionId);
  const state = position.visit === 0 ? begin(graph.first) : at(position);
  return isKnown ? go(state) : { kind: 'go', state, version: { versionId, graph } };
}

/**
 * A person wants it to go on in another version. An end that is already decided is followed first, by the version that
 * it was decided in; what stands in the way otherwise leaves the run as it is.
 */
async function move(context: Context, step: GraphStep, order: MoveOrder): Promise<Turn> {
  const { host, state } = context;
  const request = { ...requestOf(context), order };
  const answer = await host.perform('move', request, `move to version ${order.number}`).catch(unmoved);
  if (answer.kind === 'unmoved') return go(state);
  if (answer.kind === 'moved') return goOnFrom(context, answer);
  const turn = await (answer.kind === 'not-yet' ? beforeMove(context, answer) : settle(context, step, answer));
  if (turn.kind !== 'go' || turn.version) return turn;
  const { resumes } = state;
  const next = { ...context, state: { ...turn.state, ...(resumes !== undefined && { resumes }) } };
  return move(next, stepOf(context.graph, turn.state.stepId), order);
}

/** A move that fails for good costs nobody anything: they stay where they are, and the job says so. */
function unmoved(failure: unknown): { kind: 'unmoved' } {
  if (failure instanceof EffectGaveUp) return { kind: 'unmoved' };
  throw failure;
}

/** The visit before is not over after all: it is what is moved, once what was accepted is processed. */
async function beforeMove(
  context: Context,
  answer: { until: number | null; position: Position | null },
): Promise<Turn> {
  return answer.position ? go(at(answer.position)) : notYet(context, answer);
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
  if (by.kind === 'knock' && by.outcome) return go(after(context.graph, step, { visit, outcome: by.outcome }));
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
  if (answer.kind === 'behind') return goOnFrom(context, answer);
  if (answer.kind === 'diverted') return go(divertedTo(context, answer));
  const by = await host.rest({ phase: 'needs-attention', stepId: step.id, visit: state.visit, until: null, detail });
  const resumed = { ...context, state: { ...state, resumes: answer.since } };
  const turn = await disturbed(resumed, step, { by, written: answer.written });
  return turn.kind === 'go' ? { ...turn, state: { ...turn.state, resumes: answer.since } } : turn;
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
          ? after(context.graph, step, closing(state, 'skipped'))
          : { ...state, stepId: after(context.graph, step, closing(state, 'skipped')).stepId },
      );
    case 'retry':
      return go(written ? after(context.graph, step, closing(state, 'retried')) : state);
    case 'move':
      return move(context, step, by.order);
    case 'time':
    case 'knock':
    case 'released':
      return go(state);
  }
}

function closing(state: RunState, outcome: Closes['outcome']): Closes {
  return { visit: state.visit, outcome };
}
