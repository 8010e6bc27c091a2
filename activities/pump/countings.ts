import type { Tx } from '../../prisma/client';
import type { ModelNow } from '../../prisma/stores/scores/model';
import { budget } from '../../prisma/stores/scores/budget';
import { openTallies, type ToCount } from '../../prisma/stores/scores/tallies';
import { isLate } from '../../workflows/domain/scoring/moments';
import { mayChangeFit, mayScore } from '../../workflows/domain/scoring/may-score';
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
  const contacts = [...scored].map(([contactId, own]) => toCount(scoring, contactId, own));
  const opened = await openTallies(tx, scoring, { contacts, budget });
  return new Map([...opened].map(([id, { tally, net, settled }]) => [id, { tally, net, settled }] as const));
}

function toCount(scoring: ModelNow, contactId: string, own: readonly OwnedEvent[]): ToCount {
  const inputs = own.map((event) => ({
    ...{ seq: event.seq, at: instantOf(event), type: event.type },
    tells: mayChangeFit(scoring, event),
  }));
  return {
    contactId,
    at: Math.min(...inputs.map(({ at }) => at)),
    late: (state) => comesLate(state, inputs),
  };
}

interface Coming {
  seq: bigint;
  at: number;
  type: string;
  /** It tells who they are, which counts after all that is counted: the event itself may then belong before that. */
  tells: boolean;
}

/** Whether one of them belongs before what is counted, or before one of the batch that came earlier. */
function comesLate(state: ScoreState, inputs: readonly Coming[]): boolean {
  let newest = -Infinity;
  return inputs.some(({ tells, ...input }) => {
    const counted = Math.max(newest, state.asOf ?? -Infinity);
    if (tells && input.at <= counted) newest = counted + 1;
    const late = input.at < newest || isLate(state, { kind: 'event', properties: {}, ...input });
    newest = Math.max(newest, input.at);
    return late;
  });
}

function instantOf({ occurredAt, receivedAt }: OwnedEvent): number {
  return scoredAt({ occurredAt: occurredAt.getTime(), receivedAt: receivedAt.getTime() });
}
