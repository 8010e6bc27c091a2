import type { AttentionAnswer, AttentionRequest } from '../../../workflows/contract/effects';
import { goesElsewhere, judge } from '../../../workflows/domain/visits/judge';
import type { Tx } from '../../client';
import type { EffectContext } from './context';
import { caseOf } from './reading';
import { recordDecision } from './record';

/** Shows an enrollment to a person, unless it has ended or is to leave: then there is nothing to decide. */
export async function needAttention(
  tx: Tx,
  context: EffectContext,
  request: AttentionRequest,
): Promise<AttentionAnswer> {
  const { reading } = context;
  const judgement = judge(caseOf(reading, request));
  if (goesElsewhere(judgement)) return judgement;
  const { visit, stepId, code, detail } = request;
  const attention = { code, detail, stepId, visit, since: new Date(reading.at).toISOString() };
  await tx.$executeRaw`
    update enrollment set status = 'needs_attention', attention = ${JSON.stringify(attention)}::jsonb
    where id = ${reading.enrollmentId}::uuid`;
  const choice = { visit, stepId, kind: 'attention', outcome: code, reason: detail, at: reading.at };
  await recordDecision(tx, reading, choice);
  return { kind: 'noted', written: reading.visit >= visit, since: reading.at };
}
