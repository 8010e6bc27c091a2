import type { SendAnswer } from '../../../contract/effects';
import { answerOf, isOpen, type UnknownPolicy } from '../../../domain/sending/answer';
import { channelsOf, sendKeyOf, type Channel, type SendingStep } from '../../../domain/sending/channel';
import { barredOn, recipientOf, type Recipient } from '../../../domain/sending/recipient';
import { personKey } from '../../../domain/sending/opt-out';
import { rulesOf } from '../../../domain/sending/rules';
import { mayHaveGoneOut, type SendState } from '../../../domain/sending/state';
import { claimVerdict, knocks, type Awaits, type ClaimCase, type ClaimVerdict } from '../../../domain/sending/verdict';
import { fraction } from '../../../domain/visits/holds';
import { judge, type Judgement } from '../../../domain/visits/judge';
import type { EmailStep, MessageStep, NotifyStep } from '../../../journeys/graph';
import { wasSentByOthers } from '../merge';
import { caseOf, holdOf, read, type Asked, type Reading } from '../reading';
import { record } from '../record';
import { closeBefore, goOn, openVisit, passIfFalse, refuse } from '../visits';
import type { SendRow, SubscriptionRow, World } from '../world';
import { readCompetition } from './competition';

/** Who tries to send, and by what. */
export interface Attempt {
  id: string;
  channel: Channel;
  transport: string;
  /** A second call with the same send id has no effect. */
  idempotent: boolean;
  graceMs: number;
}

type MessagingStep = (EmailStep | MessageStep | NotifyStep) & SendingStep;

export type ClaimAnswer = SendAnswer | { kind: 'go'; sendId: string };

/** First step of a send: may this message go out now? PROTOCOL rules 15 and 20. */
export function claim(world: World, asked: Asked, attempt: Attempt): ClaimAnswer {
  const reading = read(world, asked);
  const judgement = judge(caseOf(reading));
  const row = sendOf(world, asked, attempt.channel);
  if (row?.state === 'sending' && row.attemptId !== attempt.id && !attempt.idempotent && judgement.kind !== 'behind') {
    makeUnknown(row, 'the sender went away during the call', reading.at);
  }
  if (judgement.kind !== 'open' && judgement.kind !== 'stored') return refuse(reading, judgement);
  const step = sendingStep(reading);
  if (!channelsOf(step).includes(attempt.channel)) throw new Error(`${step.id} does not send on ${attempt.channel}`);
  const earlier = judgement.kind === 'open' ? open(reading, step) : reopen(reading, { judgement, row, attempt, step });
  if (earlier) return earlier;
  if (row?.state === 'sending') return { kind: 'go', sendId: row.id };
  return decideClaim(reading, { step, row, attempt });
}

/** The message of the visit asked for, on one channel. */
export function sendOf({ sends }: World, { enrollmentId, visit }: Asked, channel: Channel): SendRow | undefined {
  return sends.find((row) => row.enrollmentId === enrollmentId && row.visit === visit && row.channel === channel);
}

/** An abandoned call: nobody knows whether it went out. */
export function makeUnknown(row: SendRow, reason: string, at: number): void {
  Object.assign(row, { state: 'unknown', reason, settledAt: at });
}

export function policyOf({ settings }: World, { graceMs }: Attempt): UnknownPolicy {
  return { graceMs, unknownSends: settings.unknownSends };
}

export function sendingStep({ graph, asked }: Reading): MessagingStep {
  const step = graph.steps[asked.stepId];
  if (step?.kind === 'email' || step?.kind === 'message' || step?.kind === 'notify') return step;
  throw new Error(`${graph.journey} has no step ${asked.stepId} that sends`);
}

/** Where the message goes, as things stand. */
export function recipientIn({ contact, world }: Reading, step: SendingStep, channel: Channel): Recipient {
  const text = (name: string) => {
    const value = contact.fields[name];
    return typeof value === 'string' ? value : null;
  };
  const { reps, teams } = world.settings;
  const who = { contactId: contact.id, email: text('email'), phone: text('phone'), owner: text('owner') };
  return recipientOf(step, channel, { ...who, reps, teams });
}

function open(reading: Reading, step: MessagingStep): SendAnswer | null {
  const look = closeBefore(reading);
  if (passIfFalse(reading, step, look)) return { kind: 'closed', outcome: 'passed' };
  // Telling staff takes no time: what people do meanwhile is for the next step.
  const mark = step.kind === 'notify' ? look : reading.contact.lastTurn;
  openVisit(reading, { stepId: step.id, kind: step.kind, look, mark, outcome: null });
  return null;
}

/** A visit that was written before: its stored answer, unless the message is still to be decided. */
function reopen(
  reading: Reading,
  it: {
    judgement: Extract<Judgement, { kind: 'stored' }>;
    row: SendRow | undefined;
    attempt: Attempt;
    step: MessagingStep;
  },
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
  if (it.step.kind !== 'notify' && (!row || row.begunAt === null)) visit.mark = reading.contact.lastTurn;
  return null;
}

interface Claiming {
  step: MessagingStep;
  row: SendRow | undefined;
  attempt: Attempt;
}

function decideClaim(reading: Reading, it: Claiming): ClaimAnswer {
  const { world, asked } = reading;
  const { channel } = it.attempt;
  const verdict: ClaimVerdict =
    wentOutBefore(reading, channel) || wasSentByOthers(reading, channel)
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
  const { world, asked, contact, graph, at, visits, zone } = reading;
  const { channel } = attempt;
  const { address, isValid, missing, ...recipient } = recipientIn(reading, step, channel);
  const kind = classOf(world, step);
  const { settings } = world;
  const rules = rulesOf({
    channel,
    class: kind,
    step,
    journey: graph,
    settings,
    zone,
    country: contact.fields['country'],
  });
  return {
    at,
    arrivedAt: visits.find(({ visit }) => visit === asked.visit)?.arrivedAt ?? at,
    address,
    mailable: isValid,
    missing,
    suppression: barOf(world, keysOf(contact.id, recipient), { channel, topic: graph.topic, class: kind }),
    circuit: world.circuits.get(attempt.transport) ?? null,
    rules,
    share: fraction(reading.enrollment.id) || 0,
    ...readCompetition(reading, rules, row),
  };
}

function classOf({ classes }: World, step: MessagingStep): 'marketing' | 'transactional' | 'internal' {
  if (step.kind === 'notify') return 'internal';
  if (step.kind === 'message') return step.send === 'at-once' ? 'transactional' : 'marketing';
  return classes.get(step.templateVersionId ?? '') ?? 'marketing';
}

/** What opt-outs from a message are kept by: the address that it goes to, and the person. */
export function keysOf(contactId: string, { bar, heedsContact }: Pick<Recipient, 'bar' | 'heedsContact'>): string[] {
  return [bar ?? [], heedsContact ? personKey(contactId) : []].flat();
}

/** What bars messages to these addresses and persons. A transactional one passes a topic's opt-out. */
export function barOf(
  { suppressions }: World,
  keys: readonly string[],
  it: { channel: Channel; topic: string; class: string },
): { scope: string; reason: string } | null {
  const { channel, reasons } = barredOn(it.channel);
  const { topic } = it;
  // As in the database, what stands at the address comes before what stands at the person.
  const bars = keys.flatMap((key) =>
    suppressions.filter(
      (row) => row.address === key && (row.channel ?? 'email') === channel && (reasons?.includes(row.reason) ?? true),
    ),
  );
  const forAll = bars.find(({ scope }) => scope === 'global');
  return (
    forAll ?? (it.class !== 'transactional' ? (bars.find(({ scope }) => scope === `topic:${topic}`) ?? null) : null)
  );
}

/** Looks at every message that this retry repeats: retries of retries too. */
function wentOutBefore({ world, asked, visits }: Reading, channel: Channel): boolean {
  if (asked.closes?.outcome !== 'retried') return false;
  for (let visit = asked.visit - 1; ; visit -= 1) {
    const row = visits.find((one) => one.visit === visit);
    if (row?.stepId !== asked.stepId || row.outcome !== 'retried') return false;
    const send = sendOf(world, { ...asked, visit }, channel);
    if (send && mayHaveGoneOut.includes(send.state) && !send.mayResend) return true;
  }
}

function writeVerdict(reading: Reading, { step, row, attempt }: Claiming, verdict: ClaimVerdict): SendRow {
  const { channel } = attempt;
  const { world, asked, enrollment, contact, graph, at } = reading;
  const state = stateOf(verdict, row);
  const send = row ?? newSend(reading, step, channel);
  if (!row) world.sends.push(send);
  Object.assign(send, {
    ...{
      state,
      reason: verdict.why,
      contactId: contact.id,
      address: recipientIn(reading, step, channel).address,
      template: step.kind === 'email' ? step.template : null,
      class: classOf(world, step),
      topic: graph.topic,
    },
    deferredUntil: verdict.kind === 'deferred' ? verdict.until : null,
    claimedAt: state === 'claimed' ? at : null,
    settledAt: state === 'suppressed' || state === 'unknown' ? at : null,
  });
  if (verdict.kind === 'deferred' && verdict.awaits) awaitChange(reading, verdict.awaits);
  if (verdict.kind === 'given-up' && enrollment.leaving === null) {
    enrollment.leaving = verdict.outcome;
    enrollment.leavingCause = { kind: 'given-up', detail: verdict.why };
  }
  return mustBe(sendOf(world, asked, channel));
}

function newSend({ world, asked, contact, graph }: Reading, step: MessagingStep, channel: Channel): SendRow {
  const { enrollmentId, visit } = asked;
  return {
    ...{ id: sendIdOf(enrollmentId, visit, channel), enrollmentId, visit, stepId: step.id, contactId: contact.id },
    ...{
      channel,
      template: step.kind === 'email' ? step.template : null,
      class: classOf(world, step),
      topic: graph.topic,
      state: 'claimed',
      reason: null,
    },
    ...{ address: null, attemptId: null, begun: 0, begunAt: null, mayResend: false },
    ...{ deferredUntil: null, claimedAt: null, settledAt: null },
  };
}

function sendIdOf(enrollmentId: string, visit: number, channel: Channel): string {
  return channel === 'email' ? `${enrollmentId}/${visit}` : sendKeyOf(enrollmentId, visit, channel);
}

/** An attempt that began and was never told no may have delivered it: then nothing can be called suppressed. */
function stateOf(verdict: ClaimVerdict, row: SendRow | undefined): SendState {
  if (verdict.kind === 'claimed' || verdict.kind === 'deferred') return verdict.kind;
  return (row?.begun ?? 0) > 0 ? 'unknown' : 'suppressed';
}

/** A change of what it waits for knocks; the claim then looks again. */
function awaitChange({ world, asked, contact }: Reading, awaits: Awaits): void {
  const { enrollmentId, visit } = asked;
  for (const { slot, type, where } of knocks[awaits]) {
    const isOwn = (row: SubscriptionRow) =>
      row.enrollmentId === enrollmentId && row.visit === visit && row.slot === slot;
    if (world.subscriptions.some(isOwn)) continue;
    const of = { contactId: contact.id, types: [type], of: [], where, deadline: null };
    world.subscriptions.push({ enrollmentId, visit, slot, ...of });
  }
}

function mustBe<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('it has just been written');
  return value;
}
