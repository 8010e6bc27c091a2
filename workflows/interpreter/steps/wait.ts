import type { Awaited, StepOf } from '../../journeys/graph';
import { instant } from '../describe';
import { requestOf, type Runner } from '../runner';

// A knock without an outcome is no end: the step after the time-out asks, and Postgres tells what is true.
export const wait: Runner<'wait'> = async (step, run) => {
  const arrival = await run.host.perform('arrive', requestOf(run), `arrive at ${step.id}`);
  if (arrival.kind !== 'waiting') return arrival;
  const woke = await run.host.rest({
    phase: 'waiting',
    stepId: step.id,
    visit: run.state.visit,
    until: arrival.deadline,
    detail: describeWait(step, arrival.deadline),
  });
  if (woke.kind === 'time') return { kind: 'closed', outcome: 'timeout' };
  if (woke.kind === 'knock') return { kind: 'closed', outcome: woke.outcome ?? 'timeout' };
  return { kind: 'disturbed', by: woke };
};

/** "waiting for a click on case-study until Wed 25 Nov 2026 09:00 UTC, then video" */
export function describeWait(step: StepOf<'wait'>, deadline: number | null): string {
  const until = deadline === null ? '' : ` until ${instant(deadline)}, then ${step.next}`;
  return `waiting${step.on.length > 0 ? ` for ${step.on.map(describeAwaited).join(' or ')}` : ''}${until}`;
}

/** What people do to a message, as one says it. */
const deeds: Readonly<Record<string, string>> = {
  'email.clicked': 'a click on',
  'email.opened': 'an opening of',
  'email.replied': 'a reply to',
};

function describeAwaited({ event, of }: Awaited): string {
  return of.length > 0 ? `${deeds[event] ?? `${event} of`} ${of.join(', ')}` : event;
}
