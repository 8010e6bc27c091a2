import type { SendState } from '../../../workflows/domain/sending/state';
import { expandEvent, isBehaviour } from '../../../workflows/domain/events';
import type { Awaited } from '../../../workflows/journeys/graph';
import { ownerOf } from '../../../workflows/interpreter/virtual/reading';
import { nextOf } from '../../../workflows/interpreter/follow';
import type { EnrollmentRow, EventRow, SendRow, VisitRow, World } from '../../../workflows/interpreter/virtual/world';

/** Something that must always hold did not. */
export class Violation extends Error {
  constructor(
    readonly rule: string,
    what: string,
  ) {
    super(`${rule}: ${what}`);
  }
}

/** Looks at a world after each step, and remembers the one before. */
export class Watch {
  private readonly outcomes = new Map<string, string>();
  private readonly past = new Map<string, string>();
  /** Enrollments of which a person skipped something. */
  readonly skipped = new Set<string>();
  /** Enrollments that a person wanted to go on in another version: the paths of two versions meet in them. */
  readonly moved = new Set<string>();
  private readonly seen = new Set<string>();
  /** The visit in which each was told to leave. */
  private readonly leftAt = new Map<string, number>();
  /** The visit in which each was told to go on elsewhere. */
  private readonly divertedAt = new Map<string, number>();
  private readonly states = new Map<string, SendState>();
  /** When an event was committed, by message id, in the order of the test. */
  readonly committedAt = new Map<string, number>();

  /** What each event and enrollment was whose, when they were last looked at. */
  private readonly owners = new Map<bigint | string, string>();
  /** `enrollment/seq`: processed as somebody else's, before the two records were made one. It is owed to no wait. */
  private readonly foreign = new Set<string>();

  look(world: World): void {
    this.lookAtOwners(world);
    for (const row of world.enrollments) this.lookAtEnrollment(row);
    for (const row of world.visits) this.lookAtVisit(world, row);
    for (const row of world.sends) this.lookAtSend(world, row);
  }

  private lookAtOwners({ enrollments, events }: World): void {
    for (const { id } of enrollments) {
      for (const { seq } of events) {
        const [one, other] = [this.owners.get(id), this.owners.get(seq)];
        if (one !== undefined && other !== undefined && one !== other) this.foreign.add(`${id}/${seq}`);
      }
    }
    for (const { id, contactId } of enrollments) this.owners.set(id, contactId);
    for (const { seq, contactId } of events) if (contactId !== null) this.owners.set(seq, contactId);
  }

  private lookAtEnrollment(row: EnrollmentRow): void {
    const { id, visit, leaving, diverted } = row;
    const sentAt = this.divertedAt.get(id);
    if (sentAt !== undefined && visit > sentAt && diverted?.taken !== sentAt)
      throw new Violation('I3', `goes on to visit ${visit} though it was to go on elsewhere`);
    if (diverted !== null && sentAt === undefined) this.divertedAt.set(id, visit);
    const before = this.leftAt.get(id);
    if (before !== undefined && visit > before) throw new Violation('I3', `goes on to visit ${visit} after a leave`);
    if (leaving !== null) this.leftAt.set(id, visit);
  }

  private lookAtVisit(world: World, row: VisitRow): void {
    const key = `${row.enrollmentId}/${row.visit}`;
    // Who skips a step that is not written yet goes on to what follows it, under the same number.
    const leaps = this.skipped.has(row.enrollmentId) || this.moved.has(row.enrollmentId);
    if (!this.seen.has(key) && !leaps) lookAtStep(world, row);
    if (!this.seen.has(key)) lookAtVersion(world, row);
    this.seen.add(key);
    const known = this.outcomes.get(key);
    if (known !== undefined && known !== row.outcome)
      throw new Violation('I1', `${key}: ${known}, then ${row.outcome}`);
    const current = world.enrollments.find(({ id }) => id === row.enrollmentId)?.visit ?? 0;
    if (row.visit < current) {
      if (row.outcome === null) throw new Violation('I1', `${key} is left behind without an outcome`);
      const text = JSON.stringify(row, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
      if ((this.past.get(key) ?? text) !== text) throw new Violation('I6', `${key} is written below visit ${current}`);
      this.past.set(key, text);
    }
    if (row.outcome === null || known !== undefined) return;
    this.outcomes.set(key, row.outcome);
    if (row.outcome === 'timeout') this.lookAtTimeout(world, row);
    if (row.winnerSeq !== null) this.lookAtWinner(world, row);
  }

  /** What sends the journey on wins nothing, and neither does what comes while it is still to be sent on. */
  private lookAtWinner(world: World, row: VisitRow): void {
    lookAtWinner(world, row);
    const { diverted } = world.enrollments.find(({ id }) => id === row.enrollmentId) ?? {};
    if (diverted?.seq === String(row.winnerSeq)) throw new Violation('I2', 'it sent the journey on, and won a visit');
    if (diverted && diverted.taken === null && this.divertedAt.get(row.enrollmentId) === row.visit && row.leftAt === 0)
      throw new Violation('I2', `visit ${row.visit} is won though the journey is to go on elsewhere`);
  }

  private lookAtSend(world: World, { id, state, enrollmentId, visit }: SendRow): void {
    const before = this.states.get(id) ?? state;
    if (before !== state && !mayFollow[before].includes(state))
      throw new Violation('I8', `${id}: ${before}, then ${state}`);
    const closed = world.visits.some(
      (row) => row.enrollmentId === enrollmentId && row.visit === visit && row.outcome !== null,
    );
    if (closed && isOpenState(state)) throw new Violation('I9', `${id} is ${state} though its visit is closed`);
    const current = world.enrollments.find((one) => one.id === enrollmentId)?.visit ?? 0;
    if (state === 'sending' && before !== 'sending' && visit < current) throw new Violation('I6', `${id} begins below`);
    this.states.set(id, state);
  }

  /** Of all that was accepted and committed before the deadline, nothing that was waited for may be lost. */
  private lookAtTimeout(world: World, row: VisitRow): void {
    const { deadline } = row;
    const enrollment = world.enrollments.find(({ id }) => id === row.enrollmentId);
    const step = world.graphs.get(enrollment?.versionId ?? '')?.steps[row.stepId];
    if (deadline === null || !enrollment || step?.kind !== 'wait') return;
    if ((row.leftAt ?? 0) < deadline) throw new Violation('I2', `a timeout before its deadline`);
    const start = startOf(world, row);
    const lost = world.events.find(
      (event) =>
        event.receivedAt < deadline &&
        (this.committedAt.get(event.messageId) ?? event.receivedAt) < deadline &&
        isOf(world, event, enrollment.contactId) &&
        !this.foreign.has(`${row.enrollmentId}/${event.seq}`) &&
        !world.visits.some((one) => one.enrollmentId === row.enrollmentId && one.winnerSeq === event.seq) &&
        enrollment.diverted?.seq !== String(event.seq) &&
        step.on.some((on) => counts(world, { event, on, row, start })),
    );
    if (lost) throw new Violation('I2', `${lost.type} (${lost.messageId}) was accepted in time and lost ${row.stepId}`);
  }
}

/** A visit is of a step of the version that its enrollment is in. */
function lookAtVersion(world: World, row: VisitRow): void {
  const { versionId = '' } = world.enrollments.find(({ id }) => id === row.enrollmentId) ?? {};
  const step = world.graphs.get(versionId)?.steps[row.stepId];
  if (step?.kind !== row.kind) throw new Violation('I1', `its version has no ${row.kind} ${row.stepId}`);
}

/** A visit is of the step that follows from how the one before ended. */
function lookAtStep(world: World, row: VisitRow): void {
  const before = visitBefore(world, row);
  const { versionId = '', diverted = null } = world.enrollments.find(({ id }) => id === row.enrollmentId) ?? {};
  const graph = world.graphs.get(versionId);
  const step = graph?.steps[before?.stepId ?? ''];
  if (!before || !graph || !step || before.outcome === null) return;
  // A diversion is followed wherever it came, also after an end that was written already.
  const end = diverted?.taken === before.visit ? (`exit:${diverted.exit}` as const) : before.outcome;
  const next = nextOf(graph, step, end);
  if (next !== row.stepId) throw new Violation('I1', `${end} of ${step.id} is followed by ${row.stepId}`);
}

function lookAtWinner(world: World, row: VisitRow): void {
  const event = world.events.find(({ seq }) => seq === row.winnerSeq);
  if (!event) throw new Violation('I2', 'a winner that is no event');
  if (
    world.visits.some((one) => one !== row && one.enrollmentId === row.enrollmentId && one.winnerSeq === row.winnerSeq)
  )
    throw new Violation('I2', `${event.messageId} won twice`);
  if (row.deadline !== null && event.receivedAt >= row.deadline)
    throw new Violation('I2', `${event.messageId} was accepted after the deadline and won`);
  lookAtDiversion(world, row, event);
}

/** What sends a journey on wins nothing, and what follows it wins nothing in the visit that it ended. */
function lookAtDiversion(world: World, row: VisitRow, event: EventRow): void {
  const { diverted, visit = 0 } = world.enrollments.find(({ id }) => id === row.enrollmentId) ?? {};
  if (!diverted) return;
  if (diverted.seq === String(event.seq)) throw new Violation('I2', 'it sent the journey on, and won a visit');
  if (row.visit <= (diverted.taken ?? visit) && (event.turn ?? 0n) > BigInt(diverted.turn))
    throw new Violation('I2', `${event.type} won visit ${row.visit}, which had ended`);
}

const open: readonly SendState[] = ['deferred', 'claimed', 'retryable', 'sending'];
const ends: readonly SendState[] = ['unknown', 'suppressed', 'accepted', 'delivered', 'bounced', 'rejected'];

/** What may become of a send that is in this state: told apart from the code that is tested. */
const mayFollow: Record<SendState, readonly SendState[]> = {
  ...{ deferred: [...open, ...ends], claimed: [...open, ...ends], retryable: [...open, ...ends] },
  sending: ['retryable', ...ends],
  unknown: ['accepted', 'delivered', 'bounced', 'rejected'],
  suppressed: ['accepted', 'delivered', 'bounced'],
  accepted: ['delivered', 'bounced'],
  delivered: ['bounced'],
  ...{ bounced: [], rejected: [] },
};

function isOpenState(state: SendState): boolean {
  return open.includes(state);
}

interface Start {
  /** Events with a higher turn count … */
  turn: bigint;
  /** … if they were accepted from here on; */
  instant: number;
  /** … and those accepted from here on count in any case: they came too late for the visit before. */
  late: number;
}

/** Where the previous step ended, told independently of the marks: by the winner, or by the deadline. */
function startOf(world: World, row: VisitRow): Start {
  const { diverted } = world.enrollments.find(({ id }) => id === row.enrollmentId) ?? {};
  if (diverted?.taken === row.visit - 1) return { turn: BigInt(diverted.turn), instant: -Infinity, late: diverted.at };
  const before = visitBefore(world, row);
  if (!before) return { turn: 0n, instant: -Infinity, late: Infinity };
  const { outcome, winnerSeq, deadline, mark } = before;
  if (winnerSeq !== null) {
    const turn = world.events.find(({ seq }) => seq === winnerSeq)?.turn ?? 0n;
    return { turn, instant: -Infinity, late: deadline ?? Infinity };
  }
  if (outcome === 'timeout') return { ...startOf(world, before), instant: deadline ?? 0 };
  if (outcome === 'moved' || outcome === 'passed' || before.kind === 'branch' || before.kind === 'notify')
    return startOf(world, before);
  return { turn: mark, instant: -Infinity, late: Infinity };
}

function visitBefore({ visits }: World, { enrollmentId, visit }: VisitRow): VisitRow | undefined {
  return visits.find((one) => one.enrollmentId === enrollmentId && one.visit === visit - 1);
}

function counts(world: World, it: { event: EventRow; on: Awaited; row: VisitRow; start: Start }): boolean {
  const { event, on, row, start } = it;
  if (!isBehaviour({ types: expandEvent(on), where: on.where ?? null }, event)) return false;
  if (on.of.length > 0) {
    const send = world.sends.find(({ id }) => id === event.sendId);
    return send?.enrollmentId === row.enrollmentId && on.of.includes(send.stepId);
  }
  if (on.since === 'entry') return true;
  if (on.since !== undefined) return false;
  const { turn, receivedAt } = event;
  return receivedAt >= start.instant && (turn === null || turn > start.turn || receivedAt >= start.late);
}

function isOf(world: World, { contactId, keys }: EventRow, id: string): boolean {
  return contactId === null ? keys.some((key) => ownerOf(world, key) === id) : contactId === id;
}
