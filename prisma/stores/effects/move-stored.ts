import type { MoveAnswer, MoveOrder } from '../../../workflows/contract/effects';
import { endOf } from '../../../workflows/domain/visits/diversion';
import { positionNow } from '../../../workflows/domain/visits/judge';
import type { Closes, VisitOutcome } from '../../../workflows/domain/visits/visit';
import type { Graph, GraphStep } from '../../../workflows/journeys/graph';
import { underLock, type EffectContext, type EffectDeps } from './context';
import { oweWake } from './dispatches';
import { move } from './move';
import { caseOf, type Asked } from './reading';

/** The step that follows an end of `step`; the interpreter knows. */
export type NextOf = (graph: Graph, step: GraphStep, outcome: VisitOutcome) => string;

export interface StoredMove {
  enrollmentId: string;
  order: MoveOrder;
  now: number;
  nextOf: NextOf;
}

/**
 * Moves an enrollment whose workflow does not run: not started yet, or gone. A run that is there after all is woken and
 * told where it stands, by the version that it is in then.
 */
export function moveStored(deps: EffectDeps, it: StoredMove): Promise<MoveAnswer> {
  const { enrollmentId, now } = it;
  const nowhere = { enrollmentId, now, visit: 0, stepId: '', closes: null };
  return underLock(deps, nowhere, async (tx, context) => {
    const { journeyKey, leaving } = context.reading;
    if (leaving !== null) return { kind: 'leave' };
    const answer = await move(tx, context, { ...standing(context, it), order: it.order });
    const final =
      answer.kind === 'diverted'
        ? await move(tx, context, { ...diverted(context, it, answer), order: it.order })
        : answer;
    if (final.kind === 'moved') await oweWake(tx, { enrollmentId, journeyKey, kind: 'wake', visit: null });
    return final;
  });
}

/** The effect that belongs where it stands: of the open visit, or of the step that comes next. */
function standing({ reading, graph }: EffectContext, it: StoredMove): Asked {
  const { enrollmentId, now } = it;
  const position = positionNow(caseOf(reading, { enrollmentId, now, visit: 0, stepId: '', closes: null }));
  if (position.visit === 0) return { enrollmentId, now, visit: 1, stepId: graph.first, closes: null };
  const row = reading.visits.find(({ visit }) => visit === position.visit);
  const outcome = row ? endOf(row, reading.diverted) : null;
  if (!row || outcome === null) return { enrollmentId, now, ...position };
  return after({ reading, graph }, it, { visit: row.visit, outcome });
}

function diverted(
  context: Pick<EffectContext, 'reading' | 'graph'>,
  it: StoredMove,
  { exit, visit }: { exit: number; visit: number },
): Asked {
  return after(context, it, { visit, outcome: `exit:${exit}` });
}

function after(
  { reading, graph }: Pick<EffectContext, 'reading' | 'graph'>,
  { enrollmentId, now, nextOf }: StoredMove,
  closes: Closes,
): Asked {
  const row = reading.visits.find(({ visit }) => visit === closes.visit);
  const step = graph.steps[row?.stepId ?? graph.first];
  if (!step) throw new Error(`${graph.journey} has no step ${row?.stepId ?? graph.first}`);
  return { enrollmentId, now, visit: closes.visit + 1, stepId: nextOf(graph, step, closes.outcome), closes };
}
