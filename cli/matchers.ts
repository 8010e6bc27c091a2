import { localParts } from '../workflows/domain/timing/local-time';
import type { PersonaRun, ReportedMessage } from '../workflows/simulation/persona-run';
import { runText } from './commands/simulation-text';

/** A message as a test names it: by its template or its step, and by the persona's own calendar and clock. */
export type ExpectedMessage = string | { send: string; on?: string; at?: string };

export interface Verdict {
  pass: boolean;
  message(): string;
}

/** Whether these messages went out, in this order, and no others. */
export function sent(run: PersonaRun, expected: readonly ExpectedMessage[]): Verdict {
  const out = run.messages.filter(({ state }) => state === 'accepted' || state === 'delivered');
  const pass = out.length === expected.length && expected.every((one, index) => isMessage(out[index], one, run.zone));
  const told = out.map((message) => described(message, run.zone)).join('\n  ') || 'nothing';
  return {
    pass,
    message: () =>
      `expected ${pass ? 'other messages than' : 'the messages'}\n  ${expected.map(wanted).join('\n  ')}\nsent were\n  ${told}\n\n${runText(run, () => null)}`,
  };
}

/** Whether the journey ended with this outcome; null: it rests for ever. */
export function endedWith(run: PersonaRun, outcome: string | null): Verdict {
  const pass = run.outcome === outcome;
  return {
    pass,
    message: () =>
      `expected ${pass ? 'another end than' : 'the end'} ${String(outcome)}, it was ${String(run.outcome)}\n\n${runText(run, () => null)}`,
  };
}

/** Whether this journey was asked to take the person. */
export function asked(run: PersonaRun, journey: string): Verdict {
  const pass = run.asked.includes(journey);
  return {
    pass,
    message: () =>
      `expected ${journey} ${pass ? 'not ' : ''}to be asked to take them; asked were: ${run.asked.join(', ') || 'none'}\n\n${runText(run, () => null)}`,
  };
}

function isMessage(message: ReportedMessage | undefined, expected: ExpectedMessage, zone: string): boolean {
  if (!message) return false;
  const { send, on, at } = typeof expected === 'string' ? { send: expected, on: undefined, at: undefined } : expected;
  const { date, clock } = localParts(Date.parse(message.at), zone);
  return (
    [message.template, message.stepId].includes(send) &&
    (on === undefined || on === date) &&
    (at === undefined || at === clock)
  );
}

function described({ template, stepId, at }: ReportedMessage, zone: string): string {
  const { date, clock } = localParts(Date.parse(at), zone);
  return `${template ?? stepId} on ${date} at ${clock}`;
}

function wanted(expected: ExpectedMessage): string {
  if (typeof expected === 'string') return expected;
  const { send, on, at } = expected;
  return [send, on && `on ${on}`, at && `at ${at}`].filter(Boolean).join(' ');
}
