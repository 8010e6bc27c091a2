import type { SendAnswer } from '../../../contract/effects';
import { answerOf, isOpen } from '../../../domain/sending/answer';
import { diversionOutcome, isPending } from '../../../domain/visits/diversion';
import { wasSentByOthers } from '../merge';
import { holdOf, read, type Asked, type Reading } from '../reading';
import { record } from '../record';
import { refuse } from '../visits';
import type { SendRow, World } from '../world';
import { barOf, keysOf, makeUnknown, policyOf, recipientIn, sendingStep, sendOf, type Attempt } from './claim';

export type BeginAnswer =
  | SendAnswer
  /** The call must start now. */
  | { kind: 'go'; sendId: string }
  /** No longer as it was claimed: claim again. */
  | { kind: 'again' };

interface Beginning {
  attempt: Attempt;
  row: SendRow;
  /** This attempt has begun before, and its call did not start in time. */
  isOwn: boolean;
}

/** Second step of a send, right before the call: what may have changed since the claim is checked again. PROTOCOL rule 16. */
export function begin(world: World, asked: Asked, attempt: Attempt): BeginAnswer {
  const reading = read(world, asked);
  const row = sendOf(world, asked, attempt.channel);
  if (!row) return { kind: 'again' };
  const isOwn = row.state === 'sending' && row.attemptId === attempt.id;
  const may = row.state === 'claimed' || isOwn || (attempt.idempotent && row.state === 'sending');
  if (!may) {
    return isOpen(row.state) || row.state === 'sending' ? { kind: 'again' } : answerOf(row, policyOf(world, attempt));
  }
  if (asked.visit < reading.enrollment.visit) return { kind: 'again' };
  const refused = refusal(reading, { attempt, row, isOwn });
  if (refused) return refused;
  if (!isOwn) row.begun += 1;
  Object.assign(row, { state: 'sending', reason: null, attemptId: attempt.id, begunAt: reading.at });
  return { kind: 'go', sendId: row.id };
}

function refusal(reading: Reading, it: Beginning): BeginAnswer | null {
  const { enrollment, world, at } = reading;
  const { row } = it;
  if (enrollment.status === 'finished' || enrollment.leaving !== null) {
    giveBack(it, 'left', at);
    return enrollment.status === 'finished' ? { kind: 'ended', outcome: enrollment.outcome ?? '' } : { kind: 'leave' };
  }
  if (isPending(enrollment.diverted)) {
    giveBack(it, diversionOutcome(enrollment.diverted), at);
    return { kind: 'diverted', exit: enrollment.diverted.exit, visit: enrollment.visit };
  }
  const hold = holdOf(reading);
  if (hold) return refuse(reading, { kind: 'held', until: hold.until, written: true });
  const { channel } = it.attempt;
  const recipient = recipientIn(reading, sendingStep(reading), channel);
  const isElsewhere = recipient.address !== row.address;
  const isOther = isElsewhere || isRefused(reading, it) || wasSentByOthers(reading, channel);
  if (row.state === 'claimed' && isOther) return { kind: 'again' };
  if (row.address === null) return { kind: 'again' };
  const claimedFor = isElsewhere && (channel === 'email' || channel === 'sms') ? row.address : recipient.bar;
  const keys = keysOf(reading.contact.id, { ...recipient, bar: claimedFor });
  const bar = barOf(world, keys, { channel, topic: row.topic, class: row.class });
  return bar && barred(reading, it, `${bar.reason} (${bar.scope})`);
}

/** A transport that refuses us meanwhile: the claim has to weigh it. */
function isRefused({ world, at }: Reading, { attempt }: Beginning): boolean {
  const circuit = world.circuits.get(attempt.transport);
  return circuit !== undefined && circuit.retryAt > at;
}

function barred(reading: Reading, it: Beginning, reason: string): SendAnswer {
  const { visit, stepId } = reading.asked;
  giveBack(it, reason, reading.at);
  record(reading, { visit, stepId, kind: 'send', outcome: 'suppressed', reason });
  return answerOf(it.row, policyOf(reading.world, it.attempt));
}

/** A refused begin may only call the message suppressed if no other attempt began. */
function giveBack({ row, isOwn }: Beginning, reason: string, at: number): void {
  if (row.begun > (isOwn ? 1 : 0)) makeUnknown(row, reason, at);
  else Object.assign(row, { state: 'suppressed', reason, settledAt: at });
}
