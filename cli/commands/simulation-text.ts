import pc from 'picocolors';
import type { Paths } from '../../workflows/simulation/paths';
import type { PersonaRun, ReportedMessage, ReportedStep } from '../../workflows/simulation/persona-run';
import { count, table } from '../output';

/** What a message says, for the table; null where it is not known. */
export type SubjectOf = (message: ReportedMessage) => string | null;

/** A run as people read it: when, where, what happened, why. */
export function runText(run: PersonaRun, subjectOf: SubjectOf): string {
  const rows = run.steps.map((step) => [step.local, step.stepId, whatOf(step, run, subjectOf), step.reason ?? '']);
  const head = `${pc.bold(run.persona)} in ${pc.bold(run.journey)}, times in ${run.zone}`;
  return [head, table(['when', 'step', 'what', 'why'], rows, [24, 22, 46, 60]), endOf(run)].join('\n');
}

function whatOf(step: ReportedStep, { messages, tasks }: PersonaRun, subjectOf: SubjectOf): string {
  const task = tasks.find(({ visit }) => visit === step.visit);
  if (task) return `task for ${task.for ?? 'nobody'}\n“${task.title}”`;
  const message = messages.find(({ visit }) => visit === step.visit);
  if (!message) return step.outcome === null ? `${step.kind}, not over` : `${step.kind}: ${step.outcome}`;
  const subject = subjectOf(message);
  const what = `${message.channel} ${message.template ?? ''}`.trim();
  const went = message.state === 'accepted' || message.state === 'delivered' ? what : `${what}: ${message.state}`;
  return subject === null ? went : `${went}\n“${subject}”`;
}

function endOf({ outcome, endedAt, restsAt, asked }: PersonaRun): string {
  const next = asked.length > 0 ? `, and ${asked.join(', ')} is asked to take them` : '';
  if (outcome !== null) return `${pc.green(outcome)} on ${endedAt ?? ''}${next}`;
  return `${pc.yellow('rests')} at ${restsAt?.stepId ?? '?'}: ${restsAt?.detail ?? ''}`;
}

/** Every path: its choices, its messages with their earliest times, its end. */
export function pathsText({ paths, complete, untaken }: Paths): string {
  const rows = paths.map((path, index) => [
    String(index + 1),
    [
      ...(path.from === 'entry' ? [] : [`by ${path.from}`]),
      ...path.choices.map(({ stepId, what }) => `${stepId}: ${what}`),
    ].join('\n'),
    path.messages.map(({ stepId, local }) => `${local}  ${stepId}`).join('\n'),
    [path.outcome, ...path.asked.map((journey) => `→ ${journey}`)].join('\n'),
  ]);
  const known = `${count(paths.length, 'path')}${complete ? '' : pc.yellow(', and there are more')}.`;
  const never = untaken.map(({ stepId, outcome, why }) =>
    pc.yellow(`Never taken: ${stepId} ${outcome}, since ${why}.`),
  );
  return [table(['', 'choices', 'messages (earliest)', 'ends'], rows, [5, 54, 46, 26]), known, ...never].join('\n');
}
