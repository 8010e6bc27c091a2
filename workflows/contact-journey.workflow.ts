import { ApplicationFailure, CancellationScope, CancelledFailure, continueAsNew } from '@temporalio/workflow';
import { ENGINE, type JourneyInput, type JourneyResult } from './contract/journey';
import { begin } from './contract/run-state';
import { openInbox } from './inbox';
import { EffectGaveUp } from './interpreter/host';
import { interpret, type Interpreted } from './interpreter/interpret';
import { loadGraph, temporalHost } from './temporal-host';

/** One contact in one version of a journey, once. Postgres decides how a visit ends; this decides what happens next. */
export async function contactJourney(input: JourneyInput): Promise<JourneyResult> {
  const inbox = openInbox();
  // A cancel is one more thing that the interpreter is told: the enrollment ends in order, nothing breaks off.
  const ended = await CancellationScope.nonCancellable(() => run(input, inbox)).catch(fail);
  if (ended.kind === 'renew')
    return continueAsNew<typeof contactJourney>({
      ...input,
      ...{ engine: ENGINE, versionId: ended.versionId, state: ended.state },
    });
  if (inbox.cancelled()) throw new CancelledFailure(`left with outcome ${ended.outcome}`);
  return { outcome: ended.outcome };
}

async function run(input: JourneyInput, inbox: ReturnType<typeof openInbox>): Promise<Interpreted> {
  const { enrollmentId, versionId } = input;
  const graph = await loadGraph(versionId);
  const state = input.state ?? begin(graph.first);
  return interpret({ enrollmentId, versionId, graph, state }, temporalHost(input, inbox));
}

/** An effect that gave up even on asking for help: the run ends as failed, which the sweep shows to people. */
function fail(failure: unknown): never {
  if (failure instanceof EffectGaveUp) throw ApplicationFailure.nonRetryable(failure.detail, failure.code);
  throw failure;
}
