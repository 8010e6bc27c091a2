import type { VisitOutcome } from '../../../workflows/domain/visits/visit';
import type { Tx } from '../../client';

/**
 * Whoever closes a message's visit or finishes an enrollment also closes its sends, so that the ledger at rest is true:
 * what had not begun is suppressed, what had begun is unknown (PROTOCOL rule 19). Without `visit`, all of them.
 */
export async function closeSends(
  tx: Tx,
  enrollmentId: string,
  { visit, because }: { visit?: number; because: VisitOutcome },
): Promise<void> {
  await tx.$executeRaw`
    update send set reason = ${because},
      state = case when begun > 0 then 'unknown' else 'suppressed' end,
      settled_at = clock_timestamp()
    where enrollment_id = ${enrollmentId}::uuid and visit = coalesce(${visit ?? null}::int, visit)
      and state in ('claimed', 'deferred', 'retryable', 'sending')`;
}
