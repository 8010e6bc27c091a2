/** Why a command ends without having done what was asked, and the exit code that says so. */
export const exitCodes = {
  /** What was looked at is not as it must be: invalid, different, or a journey that fails. */
  findings: 1,
  /** The command was not understood. */
  usage: 2,
  /** The server said no, or is not there. */
  server: 3,
} as const;

export type RefusalKind = keyof typeof exitCodes;

/** Ends a command with a sentence for the user; nothing else of it is shown. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(
    readonly kind: RefusalKind,
    message: string,
    readonly hint?: string,
  ) {
    super(message);
  }
}
