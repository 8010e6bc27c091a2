import type { Channel } from '../../../../workflows/domain/sending/channel';

/** Who tries to send, and by what. */
export interface Attempt {
  id: string;
  channel: Channel;
  transport: string;
  /** A second call with the same send id has no effect. */
  idempotent: boolean;
  graceMs: number;
  /** Whether a trial may reach this address at all; everybody if absent. */
  mayReach?: (address: string) => boolean;
}
