import type { Json } from '../../../../workflows/domain/json';
import { chooseSender } from '../../../../workflows/domain/sending/sender';
import { inputsOf } from '../../../../workflows/domain/sending/inputs';
import { rulesOf } from '../../../../workflows/domain/sending/rules';
import { mayHaveGoneOut } from '../../../../workflows/domain/sending/state';
import type { ClaimCase } from '../../../../workflows/domain/sending/verdict';
import type { Channel, SendingStep } from '../../../../workflows/domain/sending/channel';
import { fraction } from '../../../../workflows/domain/visits/holds';
import { addressHash } from '../../../address';
import type { Tx } from '../../../client';
import type { EffectContext } from '../context';
import type { Asked } from '../reading';
import { wasSentByOthers } from '../../merging/sent';
import type { Attempt } from './attempt';
import { readCompetition } from './competition';
import { recipientIn, suppressionOf, type SendClass } from './recipient';
import type { MessagingStep } from './step';

export interface ClaimReading {
  case: ClaimCase;
  /** A message of this step went out, or may have, and nobody said that it may be sent once more. */
  alreadySent: boolean;
  address: string | null;
  addressHash: string | null;
  class: SendClass;
  topic: string;
  templateVersionId: string | null;
  /** For the decision record: no address, no names. */
  inputs: Record<string, Json>;
}

/** Reads what a claim is decided from. Its own row is not counted under caps. */
export async function readClaimCase(
  tx: Tx,
  context: EffectContext,
  { asked, step, attempt }: { asked: Asked; step: MessagingStep & SendingStep; attempt: Attempt },
): Promise<ClaimReading> {
  const { reading, graph, settings } = context;
  const { channel } = attempt;
  const recipient = recipientIn(context, step, channel);
  const { address } = recipient;
  const hash = recipient.bar === null ? null : addressHash(recipient.bar);
  const messageClass = await classOf(tx, step);
  const about = { channel, topic: graph.topic, class: messageClass };
  const whom = { hash, contactId: recipient.heedsContact ? reading.contactId : null };
  const suppression =
    (address === null ? null : beyondTrial(address, attempt)) ?? (await suppressionOf(tx, whom, about));
  const circuit = await openCircuit(tx, attempt.transport);
  const visitRow = reading.visits.find((row) => row.visit === asked.visit);
  const { zone } = context;
  const of = { channel, class: messageClass, step, journey: graph, settings, zone, country: reading.country };
  const rules = rulesOf(of);
  const claimCase: ClaimCase = {
    at: reading.at,
    arrivedAt: visitRow?.arrivedAt ?? reading.at,
    address,
    mailable: recipient.isValid,
    missing: recipient.missing,
    suppression,
    circuit,
    rules,
    share: fraction(reading.enrollmentId),
    ...(await readCompetition(tx, reading, { asked, rules, priority: graph.priority })),
  };
  return {
    case: claimCase,
    alreadySent:
      (asked.closes?.outcome === 'retried' && (await wentOutBefore(tx, asked, channel))) ||
      (await wasSentByOthers(tx, reading, { asked, channel })),
    address,
    addressHash: hash,
    class: messageClass,
    topic: graph.topic,
    templateVersionId: step.kind === 'email' ? (step.templateVersionId ?? null) : null,
    inputs: { class: messageClass, ...stepInputs(context, step), ...inputsOf(claimCase) },
  };
}

function stepInputs({ reading, settings }: EffectContext, step: MessagingStep & SendingStep): Record<string, Json> {
  const atOnce = step.kind === 'notify' || step.send === 'at-once';
  if (step.kind !== 'email') return { atOnce };
  const { by } = chooseSender(step.from ?? [], { ...settings, owner: reading.owner });
  return { atOnce, sender: by };
}

/** A trial mails the people on its list; for everybody else the journey goes on without mails. */
function beyondTrial(address: string, { mayReach }: Attempt): { scope: string; reason: string } | null {
  return mayReach && !mayReach(address) ? { scope: 'MAIL_ONLY_TO', reason: 'not on the list' } : null;
}

/**
 * Locked until the claim is written, so that whoever closes the circuit sees who waits for it and wakes them: either it
 * closes after this claim, or this claim finds it closed. The last lock that a claim takes.
 */
async function openCircuit(tx: Tx, transport: string): Promise<ClaimCase['circuit']> {
  const [row] = await tx.$queryRaw<{ reason: string; retryAt: Date }[]>`
    select reason, retry_at as "retryAt" from circuit where transport = ${transport} for share`;
  return row ? { reason: row.reason, retryAt: row.retryAt.getTime() } : null;
}

/** A mail's stands in its template. On other channels, what the person just asked for is transactional. */
async function classOf(tx: Tx, step: MessagingStep): Promise<SendClass> {
  if (step.kind === 'notify') return 'internal';
  if (step.kind === 'message') return step.send === 'at-once' ? 'transactional' : 'marketing';
  const { templateVersionId } = step;
  if (templateVersionId === undefined) return 'marketing';
  const version = await tx.templateVersion.findUnique({ where: { id: templateVersionId }, select: { class: true } });
  return version?.class === 'transactional' ? 'transactional' : 'marketing';
}

/**
 * Looks at every message that this retry repeats: retries of retries too, or a suppressed one in between would hide
 * the first (PROTOCOL rule 20).
 */
async function wentOutBefore(tx: Tx, { enrollmentId, visit, stepId }: Asked, channel: Channel): Promise<boolean> {
  const rows = await tx.$queryRaw<{ found: boolean }[]>`
    with recursive repeated as (
      select v.visit from step_visit v
      where v.enrollment_id = ${enrollmentId}::uuid and v.visit = ${visit} - 1 and v.step_id = ${stepId} and v.outcome = 'retried'
      union all
      select v.visit from step_visit v join repeated r on v.visit = r.visit - 1
      where v.enrollment_id = ${enrollmentId}::uuid and v.step_id = ${stepId} and v.outcome = 'retried')
    select exists (select 1 from send s join repeated r on r.visit = s.visit
      where s.enrollment_id = ${enrollmentId}::uuid and s.channel = ${channel} and s.state = any(${[...mayHaveGoneOut]}) and not s.may_resend) as found`;
  return rows[0]?.found ?? false;
}
