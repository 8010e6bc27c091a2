import type { Tx } from '../../prisma/client';
import type { ModelNow } from '../../prisma/stores/scores/model';
import { openTallies, type ToCount } from '../../prisma/stores/scores/tallies';
import { isLate } from '../../workflows/domain/scoring/moments';
import { mayScore } from '../../workflows/domain/scoring/may-score';
import type { ScoreState } from '../../workflows/domain/scoring/state';
import { scoredAt } from './fold/scores';
import type { Counting } from './fold/subject';
import type { OwnedEvent } from './owned-events';
import { groupBy } from './subjects';

/** The scores of whose events may change them, ready to be counted on; of the others nothing is read. */
export async function readCountings(
  tx: Tx,
  scoring: ModelNow,
  events: readonly OwnedEvent[],
): Promise<Map<string, Counting>> {
  const scored = groupBy(
    events.filter((event) => mayScore(scoring, event)),
    ({ contactId }) => contactId,
  );
  if (scored.size === 0) return new Map();
  const opened = await openTallies(
    tx,
    scoring,
    [...scored].map(([contactId, own]) => toCount(contactId, own)),
  );
  return new Map([...opened].map(([id, { tally, net }]) => [id, { tally, net }] as const));
}

function toCount(contactId: string, own: readonly OwnedEvent[]): ToCount {
  const inputs = own.map((event) => ({ seq: event.seq, at: instantOf(event), type: event.type }));
  return {
    contactId,
    at: Math.min(...inputs.map(({ at }) => at)),
    late: (state) => comesLate(state, inputs),
  };
}

/** Whether one of them belongs before what is counted, or before one of the batch that came earlier. */
function comesLate(state: ScoreState, inputs: readonly { seq: bigint; at: number; type: string }[]): boolean {
  let newest = -Infinity;
  return inputs.some((input) => {
    const late = input.at < newest || isLate(state, { kind: 'event', properties: {}, ...input });
    newest = Math.max(newest, input.at);
    return late;
  });
}

function instantOf({ occurredAt, receivedAt }: OwnedEvent): number {
  return scoredAt({ occurredAt: occurredAt.getTime(), receivedAt: receivedAt.getTime() });
}
