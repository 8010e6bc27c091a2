/** What is wrong with a template, and where. `line` counts from 1 within the field. */
export interface TemplateProblem {
  field: 'subject' | 'html' | 'text';
  line?: number;
  message: string;
}

/** A template could not be made into a mail. Says nothing of the person it was for. */
export class MessageError extends Error {
  override name = 'MessageError';

  constructor(readonly problem: TemplateProblem) {
    super(`${problem.field}${problem.line === undefined ? '' : ` line ${problem.line}`}: ${problem.message}`);
  }
}

/** What an error says of a template; any other error is thrown on. */
export function asProblem(error: unknown): TemplateProblem {
  if (error instanceof MessageError) return error.problem;
  throw error;
}
