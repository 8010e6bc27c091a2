import type { Decision } from '../generated/client';
import type { DbOrTx } from '../client';

export interface DecisionFilter {
  contactId?: string | undefined;
  enrollmentId?: string | undefined;
  kind?: string | undefined;
}

/** Recorded choices, newest first, below the id `after`. */
export function listDecisions(
  db: DbOrTx,
  filter: DecisionFilter,
  { after, limit }: { after: string | null; limit: number },
): Promise<Decision[]> {
  const { contactId, enrollmentId, kind } = filter;
  return db.decision.findMany({
    where: {
      ...(contactId !== undefined && { contactId }),
      ...(enrollmentId !== undefined && { enrollmentId }),
      ...(kind !== undefined && { kind }),
      ...(after !== null && { id: { lt: after } }),
    },
    orderBy: { id: 'desc' },
    take: limit,
  });
}
