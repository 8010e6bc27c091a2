import type { DeliveryDeps, ProtocolPoint } from '../../activities/send-email';
import type { EffectRequest } from '../../workflows/contract/effects';

export const protocolPoints = [
  'before-claim',
  'claimed',
  'composed',
  'begun',
  'called',
  'settled',
] as const satisfies readonly ProtocolPoint[];

type Reached = NonNullable<DeliveryDeps['reached']>;

/** Faults that strike between two steps of the send protocol, once for each enrollment. */
export interface Deaths {
  /** For the worker. */
  reached: Reached;
  /** The first attempt to send for this enrollment ends at `point`. */
  die(enrollmentId: string, point: ProtocolPoint): void;
}

export function plannedDeaths(): Deaths {
  const planned = new Map<string, ProtocolPoint>();
  return {
    die: (enrollmentId, point) => void planned.set(enrollmentId, point),
    reached: async (point: ProtocolPoint, { enrollmentId }: EffectRequest) => {
      if (planned.get(enrollmentId) !== point) return;
      planned.delete(enrollmentId);
      throw new Error('the worker died here');
    },
  };
}

/** An attempt that stands still at `point` until it is let go on. */
export interface Stall {
  reached: Reached;
  /** Resolves when it stands there. */
  there: Promise<void>;
  release(): void;
}

export function stallAt(point: ProtocolPoint): Stall {
  const [there, going] = [deferred(), deferred()];
  return {
    there: there.promise,
    release: going.resolve,
    reached: async (reached) => {
      if (reached !== point) return;
      there.resolve();
      await going.promise;
    },
  };
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}
