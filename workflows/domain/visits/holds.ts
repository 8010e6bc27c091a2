/** A pause that covers a step. A lifted one releases people over `spreadMs`. */
export interface Hold {
  liftedAt: number | null;
  spreadMs: number;
}

/** The hold that keeps this enrollment now; `until` where only its own place in the release is still to come. */
export function holding(holds: readonly Hold[], enrollmentId: string, at: number): { until: number | null } | null {
  if (holds.some((hold) => hold.liftedAt === null)) return { until: null };
  const releases = holds.map((hold) => releaseOf(hold, enrollmentId)).filter((release) => release > at);
  return releases.length > 0 ? { until: Math.max(...releases) } : null;
}

function releaseOf({ liftedAt, spreadMs }: Hold, enrollmentId: string): number {
  return Math.ceil((liftedAt ?? 0) + fraction(enrollmentId) * spreadMs);
}

/** A place in [0, 1) that stays: the last 32 bits of a UUIDv7 are random. */
export function fraction(uuid: string): number {
  return Number.parseInt(uuid.slice(-8), 16) / 2 ** 32;
}
