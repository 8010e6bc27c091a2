import type { SendAnswer } from '../../../../workflows/contract/effects';
import { answerOf, isOpen, type UnknownPolicy } from '../../../../workflows/domain/sending/answer';
import { claimVerdict, type ClaimVerdict } from '../../../../workflows/domain/sending/verdict';
import type { Json } from '../../../../workflows/domain/json';
import { holding } from '../../../../workflows/domain/visits/holds';
import { judge, type Judgement } from '../../../../workflows/domain/visits/judge';
import { channelsOf, type SendingStep } from '../../../../workflows/domain/sending/channel';
import type { Tx } from '../../../client';
import type { EffectContext } from '../context';
import { passIfFalse } from '../pass';
import { caseOf, visitBefore, type Asked, type Reading } from '../reading';
import { recordDecision } from '../record';
import { closeBefore, goOn, openVisit, refuse } from '../visits';
import type { Attempt } from './attempt';
import { readClaimCase, type ClaimReading } from './claim-case';
import { makeUnknown, readSend, type SendRow } from './row';
import { sendingStepOf, type MessagingStep } from './step';
import { writeVerdict } from './write-verdict';

export type ClaimAnswer = SendAnswer | { kind: 'go'; sendId: string };

/**
 * First step of a send: may this message go out now? Writes the verdict and its inputs; whoever asks again later gets
 * all checks again until a begin is written. PROTOCOL rules 15 and 20.
 */
export async function claim(
  tx: Tx,
  context: EffectContext,
  it: { asked: Asked; attempt: Attempt },
): Promise<ClaimAnswer> {
  const { asked, attempt } = it;
  const policy = policyOf(context, attempt);
  const judgement = judge(caseOf(context.reading, asked));
  const row = await abandonOthers(tx, {
    judgement,
    attempt,
    at: context.reading.at,
    row: await readSend(tx, asked, attempt.channel),
  });
  if (judgement.kind !== 'open' && judgement.kind !== 'stored') return refuse(tx, context.reading, judgement);
  const step = sendingStepOf(context.graph, asked.stepId);
  demandChannel(step, attempt);
  const earlier =
    judgement.kind === 'open'
      ? await open(tx, context, { asked, step })
      : await reopen(tx, context, { judgement, row, policy, step });
  if (earlier) return earlier;
  if (row?.state === 'sending') return { kind: 'go', sendId: row.id };
  return decideClaim(tx, context, { asked, attempt, step, row });
}

/** A move to another version between choosing a transport and here: the next attempt chooses anew. */
function demandChannel(step: MessagingStep & SendingStep, { channel }: Attempt): void {
  if (!channelsOf(step).includes(channel)) throw new Error(`${step.id} does not send on ${channel}`);
}

export function policyOf({ settings }: EffectContext, { graceMs }: Attempt): UnknownPolicy {
  return { graceMs, unknownSends: settings.unknownSends };
}

/** The row's own truth comes first: a call of another attempt that nobody waits for any more has an unknown end. */
async function abandonOthers(
  tx: Tx,
  { judgement, attempt, at, row }: { judgement: Judgement; attempt: Attempt; at: number; row: SendRow | null },
): Promise<SendRow | null> {
  const abandoned = row?.state === 'sending' && row.attemptId !== attempt.id && !attempt.idempotent;
  return row && abandoned && judgement.kind !== 'behind'
    ? makeUnknown(tx, row, { reason: 'the sender went away during the call', at })
    : row;
}

async function open(
  tx: Tx,
  context: EffectContext,
  { asked, step }: { asked: Asked; step: MessagingStep },
): Promise<SendAnswer | null> {
  const { reading } = context;
  const look = await closeBefore(tx, reading, asked.closes);
  const passed = await passIfFalse(tx, context, { step, visit: asked.visit, look });
  if (passed) return passed;
  const opened = { visit: asked.visit, stepId: step.id, kind: step.kind, deadline: null, look };
  // Telling staff takes no time: what people do meanwhile is for the next step.
  const mark = step.kind === 'notify' ? look : reading.lastTurn;
  await openVisit(tx, reading, { ...opened, mark, outcome: null, winnerSeq: null });
  return null;
}

/** A visit that was written before: its stored answer, unless the message is still to be decided. */
async function reopen(
  tx: Tx,
  { reading }: EffectContext,
  it: {
    judgement: Extract<Judgement, { kind: 'stored' }>;
    row: SendRow | null;
    policy: UnknownPolicy;
    step: MessagingStep;
  },
): Promise<SendAnswer | null> {
  const { visit } = it.judgement;
  if (visit.outcome !== null) return { kind: 'closed', outcome: visit.outcome };
  const undecided = it.row === null || isOpen(it.row.state);
  const hold = holding(reading.holds, reading.enrollmentId, reading.at);
  if (hold && undecided) return refuse(tx, reading, { kind: 'held', until: hold.until, written: true });
  if (it.row && !undecided) return it.row.state === 'sending' ? null : answerOf(it.row, it.policy);
  await goOn(tx, reading);
  // The mark is of the last claim, and never moves once a begin was written.
  if (it.step.kind !== 'notify' && (!it.row || it.row.begunAt === null)) {
    await tx.$executeRaw`
      update step_visit set mark = ${reading.lastTurn}
      where enrollment_id = ${reading.enrollmentId}::uuid and visit = ${visit.visit}`;
  }
  return null;
}

interface Claiming {
  asked: Asked;
  attempt: Attempt;
  step: MessagingStep & SendingStep;
  row: SendRow | null;
}

async function decideClaim(tx: Tx, context: EffectContext, it: Claiming): Promise<ClaimAnswer> {
  const found = await readClaimCase(tx, context, it);
  const verdict: ClaimVerdict = found.alreadySent
    ? { kind: 'suppressed', why: 'already-sent' }
    : claimVerdict(found.case);
  const row = await writeVerdict(tx, context, { ...it, verdict, found });
  await recordClaim(tx, context, { ...it, verdict, found });
  switch (verdict.kind) {
    case 'claimed':
      return { kind: 'go', sendId: row.id };
    case 'deferred':
      return { kind: 'deferred', until: verdict.until, why: verdict.why };
    case 'given-up':
      return { kind: 'leave' };
    case 'suppressed':
      return answerOf(row, policyOf(context, it.attempt));
  }
}

async function recordClaim(
  tx: Tx,
  { reading }: EffectContext,
  { asked, step, verdict, found }: Claiming & { verdict: ClaimVerdict; found: ClaimReading },
): Promise<void> {
  const { visit, stepId } = asked;
  const inputs = {
    reachedBy: reachedBy(reading, asked),
    ...found.inputs,
    ...(step.kind === 'email' && { template: step.template }),
    ...(verdict.kind === 'deferred' && { until: new Date(verdict.until).toISOString() }),
  };
  const { kind: outcome, why: reason } = verdict;
  await recordDecision(tx, reading, { visit, stepId, kind: 'send', outcome, reason, inputs, at: reading.at });
}

/** Why it is this message's turn: how the step before ended. */
function reachedBy(reading: Reading, { visit, closes }: Asked): Record<string, Json> {
  const before = visitBefore(reading, visit);
  if (!before) return { entry: new Date(reading.enteredAt).toISOString() };
  return { stepId: before.stepId, outcome: closes?.outcome ?? before.outcome };
}
