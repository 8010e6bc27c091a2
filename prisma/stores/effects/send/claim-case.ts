import type { Json } from '../../../../workflows/domain/json';
import { countedUnderCaps, mayHaveGoneOut } from '../../../../workflows/domain/sending/state';
import type { ClaimCase } from '../../../../workflows/domain/sending/verdict';
import type { EmailStep } from '../../../../workflows/journeys/graph';
import { addressHash, isMailable } from '../../../address';
import type { Tx } from '../../../client';
import { isSuppressed } from '../../suppressions';
import type { MessageClass } from '../../templates';
import type { EffectContext } from '../context';
import type { Asked } from '../reading';
import type { Attempt } from './attempt';

export interface ClaimReading {
  case: ClaimCase;
  /** A message of this step went out, or may have, and nobody said that it may be sent once more. */
  alreadySent: boolean;
  address: string | null;
  addressHash: string | null;
  class: MessageClass;
  topic: string;
  templateVersionId: string | null;
  /** For the decision record: no address, no names. */
  inputs: Record<string, Json>;
}

/** Reads what a claim is decided from. Its own row is not counted under caps. */
export async function readClaimCase(
  tx: Tx,
  { reading, graph, settings }: EffectContext,
  { asked, step, attempt }: { asked: Asked; step: EmailStep; attempt: Attempt },
): Promise<ClaimReading> {
  const { email } = await tx.contact.findUniqueOrThrow({ where: { id: reading.contactId }, select: { email: true } });
  const hash = email === null ? null : addressHash(email);
  const messageClass = await classOf(tx, step);
  const about = { channel: 'email', topic: graph.topic, class: messageClass };
  const suppression =
    email === null || hash === null ? null : (beyondTrial(email, attempt) ?? (await isSuppressed(tx, hash, about)));
  const circuit = await openCircuit(tx, attempt.transport);
  const visitRow = reading.visits.find((row) => row.visit === asked.visit);
  const claimCase: ClaimCase = {
    at: reading.at,
    arrivedAt: visitRow?.arrivedAt ?? reading.at,
    address: email,
    mailable: email !== null && isMailable(email),
    suppression,
    circuit,
    atOnce: step.send === 'at-once',
    caps: settings.frequencyCaps,
    counted: await countedClaims(tx, reading.contactId, { enrollmentId: asked.enrollmentId, visit: asked.visit }),
  };
  return {
    case: claimCase,
    alreadySent: asked.closes?.outcome === 'retried' && (await wentOutBefore(tx, asked)),
    address: email,
    addressHash: hash,
    class: messageClass,
    topic: graph.topic,
    templateVersionId: step.templateVersionId ?? null,
    inputs: inputsOf(claimCase, messageClass),
  };
}

/** A trial mails the people on its list; for everybody else the journey goes on without mails. */
function beyondTrial(email: string, { mayMail }: Attempt): { scope: string; reason: string } | null {
  return mayMail && !mayMail(email) ? { scope: 'MAIL_ONLY_TO', reason: 'not on the list' } : null;
}

function inputsOf(it: ClaimCase, messageClass: string): Record<string, Json> {
  const { suppression, circuit, atOnce } = it;
  return {
    hasAddress: it.address !== null,
    class: messageClass,
    atOnce,
    suppression: suppression && { scope: suppression.scope, reason: suppression.reason },
    transport: circuit && circuit.reason,
    counted: it.counted.length,
    at: new Date(it.at).toISOString(),
  };
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

async function classOf(tx: Tx, { templateVersionId }: EmailStep): Promise<MessageClass> {
  if (templateVersionId === undefined) return 'marketing';
  const version = await tx.templateVersion.findUnique({ where: { id: templateVersionId }, select: { class: true } });
  return version?.class === 'transactional' ? 'transactional' : 'marketing';
}

/** Claims of the last year at most: no cap looks further back. */
async function countedClaims(
  tx: Tx,
  contactId: string,
  own: { enrollmentId: string; visit: number },
): Promise<number[]> {
  const rows = await tx.$queryRaw<{ at: number }[]>`
    select floor(extract(epoch from claimed_at) * 1000)::float8 as at from send
    where contact_id = ${contactId}::uuid and claimed_at > now() - interval '1 year' and state = any(${[...countedUnderCaps]})
      and not (enrollment_id = ${own.enrollmentId}::uuid and visit = ${own.visit})
    order by claimed_at`;
  return rows.map(({ at }) => at);
}

/**
 * Looks at every message that this retry repeats: retries of retries too, or a suppressed one in between would hide
 * the first (PROTOCOL rule 20).
 */
async function wentOutBefore(tx: Tx, { enrollmentId, visit, stepId }: Asked): Promise<boolean> {
  const rows = await tx.$queryRaw<{ found: boolean }[]>`
    with recursive repeated as (
      select v.visit from step_visit v
      where v.enrollment_id = ${enrollmentId}::uuid and v.visit = ${visit} - 1 and v.step_id = ${stepId} and v.outcome = 'retried'
      union all
      select v.visit from step_visit v join repeated r on v.visit = r.visit - 1
      where v.enrollment_id = ${enrollmentId}::uuid and v.step_id = ${stepId} and v.outcome = 'retried')
    select exists (select 1 from send s join repeated r on r.visit = s.visit
      where s.enrollment_id = ${enrollmentId}::uuid and s.state = any(${[...mayHaveGoneOut]}) and not s.may_resend) as found`;
  return rows[0]?.found ?? false;
}
