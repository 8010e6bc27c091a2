import type { SendingStep } from '../../../../workflows/domain/sending/channel';
import type { EmailStep, Graph, MessageStep, NotifyStep } from '../../../../workflows/journeys/graph';
import type { DbOrTx } from '../../../client';
import { graphOf } from '../graphs';

export type MessagingStep = EmailStep | MessageStep | NotifyStep;

/** The step, which must be one that sends. Throws where a workflow asks for one that its version does not have. */
export function sendingStepOf(graph: Graph, id: string): MessagingStep & SendingStep {
  const step = graph.steps[id];
  if (step?.kind === 'email' || step?.kind === 'message' || step?.kind === 'notify') return step;
  throw new Error(`${graph.journey} has no step ${id} that sends`);
}

/** The step as the enrollment's version has it now; null where it has none of that id that sends. */
export async function readSendingStep(
  db: DbOrTx,
  { enrollmentId, stepId }: { enrollmentId: string; stepId: string },
): Promise<(MessagingStep & SendingStep) | null> {
  const { versionId } = await db.enrollment.findUniqueOrThrow({
    where: { id: enrollmentId },
    select: { versionId: true },
  });
  const { steps } = await graphOf(db, versionId);
  const step = steps[stepId];
  return step?.kind === 'email' || step?.kind === 'message' || step?.kind === 'notify' ? step : null;
}
