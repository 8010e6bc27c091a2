/** Who tries to send, and by what. */
export interface Attempt {
  id: string;
  transport: string;
  /** A second call with the same send id has no effect. */
  idempotent: boolean;
  graceMs: number;
  /** Whether a trial may reach this address at all; everybody if absent. */
  mayMail?: (address: string) => boolean;
}
