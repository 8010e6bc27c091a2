import {
  ActivityFailure,
  ApplicationFailure,
  condition,
  proxyActivities,
  proxyLocalActivities,
  setCurrentDetails,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { DeliveryEffects, JourneyEffects } from './contract/activities';
import type { JourneyInput } from './contract/journey';
import type { Graph } from './journeys/graph';
import type { RunPhase } from './contract/messages';
import { searchAttributes } from './contract/search-attributes';
import { DELIVERY } from './contract/task-queues';
import type { EnrollmentStatus } from './contract/visits';
import type { Inbox } from './inbox';
import {
  EffectGaveUp,
  type Answered,
  type EffectName,
  type Host,
  type Requested,
  type Rest,
  type Woke,
} from './interpreter/host';

/** The server refuses a summary of more than 400 bytes, and the Temporal UI shows less. */
const SUMMARY_LENGTH = 200;

// A database outage waits on durable timers, with free task slots, and the workflow still answers.
const local = proxyLocalActivities<JourneyEffects>({
  startToCloseTimeout: '5 s',
  localRetryThreshold: '2 s',
  retry: { initialInterval: '200 ms', backoffCoefficient: 2, maximumInterval: '60 s' },
});

// No back-off longer than 10 s: longer waits return to the workflow, where they can be interrupted.
const delivery = proxyActivities<DeliveryEffects>({
  taskQueue: DELIVERY,
  startToCloseTimeout: '30 s',
  retry: { initialInterval: '200 ms', backoffCoefficient: 2, maximumInterval: '10 s' },
});

export function loadGraph(versionId: string): Promise<Graph> {
  return local.loadGraph.executeWithOptions({ summary: 'load the journey' }, [versionId]);
}

type Performers = { [N in EffectName]: (request: Requested<N>, summary: string) => Promise<Answered<N>> };
const performers: Performers = {
  arrive: (request, summary) => local.arrive.executeWithOptions({ summary }, [request]),
  decide: (request, summary) => local.decide.executeWithOptions({ summary }, [request]),
  act: (request, summary) => local.act.executeWithOptions({ summary }, [request]),
  finish: (request, summary) => local.finish.executeWithOptions({ summary }, [request]),
  needAttention: (request, summary) => local.needAttention.executeWithOptions({ summary }, [request]),
  move: async (request, summary) => {
    const answer = await local.move.executeWithOptions({ summary }, [request]);
    if (answer.kind === 'moved') showVersion(request.order.number);
    return answer;
  },
  sendEmail: (request, summary) => delivery.sendEmail.executeWithOptions({ summary }, [request]),
  sendMessage: (request, summary) => delivery.sendMessage.executeWithOptions({ summary }, [request]),
  notify: (request, summary) => delivery.notify.executeWithOptions({ summary }, [request]),
};

/** Lets the interpreter act through Temporal: activities, one timer at a time, search attributes. */
export function temporalHost(input: JourneyInput, inbox: Inbox): Host {
  const { historyEvents } = input.limits;
  return {
    now: () => Date.now(),
    loadGraph,
    renewDue: () =>
      !inbox.pending() && (workflowInfo().continueAsNewSuggested || workflowInfo().historyLength >= historyEvents),
    perform: async <N extends EffectName>(name: N, request: Requested<N>, summary: string): Promise<Answered<N>> => {
      inbox.show({ ...whereOf(request), phase: 'acting', until: null, detail: summary });
      try {
        return await performers[name](request, cut(summary));
      } catch (failure) {
        throw gaveUp(failure);
      }
    },
    rest: (rest) => {
      inbox.show(rest);
      setCurrentDetails(rest.detail);
      showStatus(rest.phase);
      return sleep(rest, inbox);
    },
  };
}

function whereOf(request: Requested<EffectName>): { stepId: string; visit: number } {
  const at = 'at' in request ? request.at : request;
  return { stepId: at?.stepId ?? '', visit: at?.visit ?? 0 };
}

async function sleep(rest: Rest, inbox: Inbox): Promise<Woke> {
  let woke: Woke | null = inbox.take(rest);
  const disturbed = () => (woke ??= inbox.take(rest)) !== null;
  if (woke) return woke;
  if (rest.until === null) await condition(disturbed);
  // A time-out of zero would take a patch marker: condition(fn, 0) is another command.
  else if (rest.until > Date.now()) {
    await condition(disturbed, rest.until - Date.now(), { summary: cut(rest.detail) });
  }
  return woke ?? { kind: 'time' };
}

const statusOf: Partial<Record<RunPhase, EnrollmentStatus>> = {
  waiting: 'active',
  deferred: 'active',
  held: 'held',
  'needs-attention': 'needs_attention',
};

/** An upsert is an action and an event: only on a change to or from held and needs attention. */
function showStatus(phase: RunPhase): void {
  const status = statusOf[phase];
  const key = searchAttributes.enrollmentStatus;
  const shown = workflowInfo().typedSearchAttributes.get(key) ?? 'active';
  if (status && status !== shown) upsertSearchAttributes([{ key, value: status }]);
}

function showVersion(value: number): void {
  upsertSearchAttributes([{ key: searchAttributes.journeyVersion, value }]);
}

/** A local activity's failure comes as it was thrown, one of another queue wrapped. */
function gaveUp(failure: unknown): unknown {
  const cause = failure instanceof ActivityFailure ? failure.cause : failure;
  if (cause instanceof ApplicationFailure && cause.nonRetryable)
    return new EffectGaveUp(cause.type ?? 'effect-gave-up', cause.message);
  return failure;
}

function cut(text: string): string {
  return text.length <= SUMMARY_LENGTH ? text : `${text.slice(0, SUMMARY_LENGTH - 1)}…`;
}
