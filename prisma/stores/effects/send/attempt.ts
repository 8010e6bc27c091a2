/** Who tries to send, and by what. */
export interface Attempt {
  id: string;
  transport: string;
  /** A second call with the same send id has no effect. */
  idempotent: boolean;
  graceMs: number;
}
