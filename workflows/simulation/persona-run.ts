/** What became of a persona in a draft. Instants are ISO, in UTC; `local` is the persona's own clock. */
export interface PersonaRun {
  persona: string;
  journey: string;
  zone: string;
  enteredAt: string;
  steps: ReportedStep[];
  messages: ReportedMessage[];
  tasks: ReportedTask[];
  /** Journeys that were asked to take them. */
  asked: string[];
  /** Null where they rest for ever. */
  outcome: string | null;
  endedAt: string | null;
  /** Where they rest, if nothing that they do ends it. */
  restsAt: { stepId: string; detail: string } | null;
}

export interface ReportedStep {
  visit: number;
  stepId: string;
  kind: string;
  arrivedAt: string;
  local: string;
  leftAt: string | null;
  deadline: string | null;
  outcome: string | null;
  /** In words, as it would stand in the decision. */
  reason: string | null;
}

export interface ReportedMessage {
  stepId: string;
  visit: number;
  /** `email`, `sms` … */
  channel: string;
  /** Key of its template; null where the step has its text itself. */
  template: string | null;
  /** `accepted` went out; `suppressed` did not, for the reason. */
  state: string;
  reason: string | null;
  at: string;
  local: string;
}

/** A to-do for a rep. */
export interface ReportedTask {
  stepId: string;
  visit: number;
  type: string;
  /** Key or name of the rep, else of the team; null where it is nobody's yet. */
  for: string | null;
  title: string;
  note: string | null;
  dueAt: string | null;
}
