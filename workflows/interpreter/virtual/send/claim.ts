import type { SendAnswer } from '../../../contract/effects';
import { answerOf, isOpen, type UnknownPolicy } from '../../../domain/sending/answer';
import { isMailable } from '../../../domain/sending/mailable';
import { countedUnderCaps, mayHaveGoneOut, type SendState } from '../../../domain/sending/state';
import { claimVerdict, type ClaimCase, type ClaimVerdict } from '../../../domain/sending/verdict';
import { judge, type Judgement } from '../../../domain/visits/judge';
import type { EmailStep } from '../../../journeys/graph';
import { caseOf, holdOf, read, stepOfKind, type Asked, type Reading } from '../reading';
import { record } from '../record';
import { closeBefore, goOn, openVisit, passIfFalse, refuse } from '../visits';
import type { SendRow, World } from '../world';

/** Who tries to send, and by what. */
export interface Attempt {
  id: string;
  transport: string;
  /** A second call with the same send id has no effect. */
  idempotent: boolean;
  graceMs: number;
}

export type ClaimAnswer = SendAnswer | { kind: 'go'; sendId: string };

/** First step of a send: may this message go out now? PROTOCOL rules 15 and 20. */
export function claim(world: World, asked: Asked, attempt: Attempt): ClaimAnswer {
  const reading = read(world, asked);
  const judgement = judge(caseOf(reading));
  const row = sendOf(world, asked);
  if (row?.state === 'sending' && row.attemptId !== attempt.id && !attempt.idempotent && judgement.kind !== 'behind') {
    makeUnknown(row, 'the sender went away during the call', reading.at);
  }
  if (judgement.kind !== 'open' && judgement.kind !== 'stored') return refuse(reading, judgement);
  const step = stepOfKind(reading, 'email');
  const earlier = judgement.kind === 'open' ? open(reading, step) : reopen(reading, { judgement, row, attempt });
  if (earlier) return earlier;
  if (row?.state === 'sending') return { kind: 'go', sendId: row.id };
  return decideClaim(reading, { step, row, attempt });
}

/** The message of the visit asked for. */
export function sendOf({ sends }: World, { enrollmentId, visit }: Asked): SendRow | undefined {
  return sends.find((row) => row.enrollmentId === enrollmentId && row.visit === visit);
}

/** An abandoned call: nobody knows whether it went out. */
export function makeUnknown(row: SendRow, reason: string, at: number): void {
  Object.assign(row, { state: 'unknown', reason, settledAt: at });
}

export function policyOf({ settings }: World, { graceMs }: Attempt): UnknownPolicy {
  return { graceMs, unknownSends: settings.unknownSends };
}

function open(reading: Reading, step: EmailStep): SendAnswer | null {
  const look = closeBefore(reading);
  if (passIfFalse(reading, step, look)) return { kind: 'closed', outcome: 'passed' };
  openVisit(reading, { stepId: step.id, kind: step.kind, look, mark: reading.contact.lastTurn, outcome: null });
  return null;
}

/** A visit that was written before: its stored answer, unless the message is still to be decided. */
function reopen(
  reading: Reading,
  it: { judgement: Extract<Judgement, { kind: 'stored' }>; row: SendRow | undefined; attempt: Attempt },
): SendAnswer | null {
  const { row } = it;
  const visit = reading.visits.find((one) => one.visit === it.judgement.visit.visit);
  if (!visit) throw new Error('a stored visit is among those read');
  if (visit.outcome !== null) return { kind: 'closed', outcome: visit.outcome };
  const undecided = !row || isOpen(row.state);
  const hold = holdOf(reading);
  if (hold && undecided) return refuse(reading, { kind: 'held', until: hold.until, written: true });
  if (row && !undecided) return row.state === 'sending' ? null : answerOf(row, policyOf(reading.world, it.attempt));
  goOn(reading);
  // The mark is of the last claim, and never moves once a begin was written.
  if (!row || row.begunAt === null) visit.mark = reading.contact.lastTurn;
  return null;
}

interface Claiming {
  step: EmailStep;
  row: SendRow | undefined;
  attempt: Attempt;
}

function decideClaim(reading: Reading, it: Claiming): ClaimAnswer {
  const { world, asked } = reading;
  const verdict: ClaimVerdict = wentOutBefore(reading)
    ? { kind: 'suppressed', why: 'already-sent' }
    : claimVerdict(readClaimCase(reading, it));
  const row = writeVerdict(reading, it, verdict);
  const { kind: outcome, why: reason } = verdict;
  record(reading, { visit: asked.visit, stepId: asked.stepId, kind: 'send', outcome, reason });
  switch (verdict.kind) {
    case 'claimed':
      return { kind: 'go', sendId: row.id };
    case 'deferred':
      return { kind: 'deferred', until: verdict.until, why: verdict.why };
    case 'given-up':
      return { kind: 'leave' };
    case 'suppressed':
      return answerOf(row, policyOf(world, it.attempt));
  }
}

function readClaimCase(reading: Reading, { step, row, attempt }: Claiming): ClaimCase {
  const { world, asked, contact, graph, at, visits } = reading;
  const address = addressOf(reading);
  const counted = world.sends.flatMap((send) =>
    send !== row && send.contactId === contact.id && send.claimedAt !== null && countedUnderCaps.includes(send.state)
      ? [send.claimedAt]
      : [],
  );
  return {
    at,
    arrivedAt: visits.find(({ visit }) => visit === asked.visit)?.arrivedAt ?? at,
    address,
    mailable: address !== null && isMailable(address),
    suppression: address === null ? null : barOf(world, { address, topic: graph.topic, class: classOf(world, step) }),
    circuit: world.circuits.get(attempt.transport) ?? null,
    atOnce: step.send === 'at-once',
    caps: world.settings.frequencyCaps,
    counted: counted.sort((a, b) => a - b),
  };
}

function addressOf({ contact }: Reading): string | null {
  const { email } = contact.fields;
  return typeof email === 'string' ? email : null;
}

function classOf({ classes }: World, { templateVersionId }: EmailStep): 'marketing' | 'transactional' {
  return classes.get(templateVersionId ?? '') ?? 'marketing';
}

/** What bars messages to an address. A transactional one passes a topic's opt-out. */
export function barOf(
  { suppressions }: World,
  { address, topic, class: kind }: { address: string; topic: string; class: string },
): { scope: string; reason: string } | null {
  const bars = suppressions.filter((row) => row.address === address);
  const forAll = bars.find(({ scope }) => scope === 'global');
  return forAll ?? (kind === 'marketing' ? (bars.find(({ scope }) => scope === `topic:${topic}`) ?? null) : null);
}

/** Looks at every message that this retry repeats: retries of retries too. */
function wentOutBefore({ world, asked, visits }: Reading): boolean {
  if (asked.closes?.outcome !== 'retried') return false;
  for (let visit = asked.visit - 1; ; visit -= 1) {
    const row = visits.find((one) => one.visit === visit);
    if (row?.stepId !== asked.stepId || row.outcome !== 'retried') return false;
    const send = sendOf(world, { ...asked, visit });
    if (send && mayHaveGoneOut.includes(send.state) && !send.mayResend) return true;
  }
}

function writeVerdict(reading: Reading, { step, row, attempt: _ }: Claiming, verdict: ClaimVerdict): SendRow {
  const { world, asked, enrollment, contact, graph, at } = reading;
  const state = stateOf(verdict, row);
  const send = row ?? newSend(reading, step);
  if (!row) world.sends.push(send);
  Object.assign(send, {
    ...{ state, reason: verdict.why, contactId: contact.id, address: addressOf(reading), topic: graph.topic },
    deferredUntil: verdict.kind === 'deferred' ? verdict.until : null,
    claimedAt: state === 'claimed' ? at : null,
    settledAt: state === 'suppressed' || state === 'unknown' ? at : null,
  });
  if (verdict.kind === 'deferred' && verdict.why === 'no-address') awaitAddress(reading);
  if (verdict.kind === 'given-up' && enrollment.leaving === null) {
    enrollment.leaving = verdict.outcome;
    enrollment.leavingCause = { kind: 'given-up', detail: verdict.why };
  }
  return mustBe(sendOf(world, asked));
}

function newSend({ world, asked, contact, graph }: Reading, step: EmailStep): SendRow {
  const { enrollmentId, visit } = asked;
  return {
    ...{ id: `${enrollmentId}/${visit}`, enrollmentId, visit, stepId: step.id, contactId: contact.id },
    ...{ template: step.template, class: classOf(world, step), topic: graph.topic, state: 'claimed', reason: null },
    ...{ address: null, attemptId: null, begun: 0, begunAt: null, mayResend: false },
    ...{ deferredUntil: null, claimedAt: null, settledAt: null },
  };
}

/** An attempt that began and was never told no may have delivered it: then nothing can be called suppressed. */
function stateOf(verdict: ClaimVerdict, row: SendRow | undefined): SendState {
  if (verdict.kind === 'claimed' || verdict.kind === 'deferred') return verdict.kind;
  return (row?.begun ?? 0) > 0 ? 'unknown' : 'suppressed';
}

/** Any change of the contact knocks; the claim then looks again. */
function awaitAddress({ world, asked, contact }: Reading): void {
  const { enrollmentId, visit } = asked;
  if (world.subscriptions.some((row) => row.enrollmentId === enrollmentId && row.visit === visit)) return;
  const of = { of: [], where: null, deadline: null };
  world.subscriptions.push({ enrollmentId, visit, slot: -1, contactId: contact.id, types: ['contact.updated'], ...of });
}

function mustBe<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('it has just been written');
  return value;
}
