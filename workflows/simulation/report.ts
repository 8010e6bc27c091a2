import { localTime } from '../domain/timing/local-time';
import type { Simulation, SimulatedStep } from '../interpreter/virtual/simulate';
import type { PersonaRun, ReportedMessage, ReportedStep } from './persona-run';
import type { Graph, GraphStep } from '../journeys/graph';

interface Ran {
  graph: Graph;
  persona: string;
  enteredAt: number;
  zone: string;
}

/** What a simulation says of a persona. */
export function reportOf({ steps, outcome, endedAt, rests, world }: Simulation, ran: Ran): PersonaRun {
  const { graph, persona, enteredAt, zone } = ran;
  return {
    persona,
    journey: graph.journey,
    zone,
    enteredAt: iso(enteredAt),
    steps: steps.map((step) => reportedStep(step, zone)),
    messages: world.sends
      .filter(({ class: kind }) => kind !== 'internal')
      .map(({ stepId, visit, state, reason, settledAt, claimedAt }) => {
        const at = settledAt ?? claimedAt ?? enteredAt;
        const step = graph.steps[stepId];
        return { ...{ stepId, visit, state, reason, at: iso(at), local: localTime(at, zone) }, ...sentBy(step) };
      }),
    tasks: world.tasks.map(({ stepId, visit, type, owner, team, title, note, dueAt }) => {
      return { stepId, visit, type, for: owner ?? team, title, note, dueAt: dueAt === null ? null : iso(dueAt) };
    }),
    asked: world.events
      .filter(({ type }) => type === 'journey.requested')
      .flatMap(({ properties }) => textOf(properties['journey'])),
    outcome,
    endedAt: endedAt === null ? null : iso(endedAt),
    restsAt: rests && { stepId: rests.stepId, detail: rests.detail },
  };
}

function reportedStep({ arrivedAt, leftAt, deadline, message: _, ...step }: SimulatedStep, zone: string): ReportedStep {
  return {
    ...step,
    arrivedAt: iso(arrivedAt),
    local: localTime(arrivedAt, zone),
    leftAt: leftAt === null ? null : iso(leftAt),
    deadline: deadline === null ? null : iso(deadline),
  };
}

function sentBy(step: GraphStep | undefined): Pick<ReportedMessage, 'channel' | 'template'> {
  if (step?.kind === 'email') return { channel: 'email', template: step.template };
  return { channel: step?.kind === 'message' ? step.via : 'email', template: null };
}

function textOf(value: unknown): string[] {
  return typeof value === 'string' ? [value] : [];
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
