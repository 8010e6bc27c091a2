import { isPending } from '../../../workflows/domain/visits/diversion';
import { personKey } from '../../../workflows/domain/sending/opt-out';
import { barOf } from '../../../workflows/interpreter/virtual/send/claim';
import type { Round } from './round';
import type { Run } from './run';
import { Violation } from './watch';

/** More steps than any of these journeys can need. */
const MOST = 80;

/**
 * Crashes stop, pauses are lifted, what is owed is delivered and time goes on: everybody must come to an end, or to a
 * rest that waits for a person or for a behaviour alone.
 */
export async function quiesce(round: Round): Promise<void> {
  for (const run of round.runs) run.zombies = run.copies = [];
  for (const target of round.holds) await round.resume(target, 0);
  let wokenAt = 0;
  for (let step = 0; step < MOST; step += 1) {
    if (await everybodyMoves(round)) continue;
    if (wokenAt < round.clock) {
      wokenAt = round.clock;
      for (const run of round.runs) wakeStalled(round, run);
    } else if (!(await timeGoesOn(round))) {
      for (const run of round.runs) mayRest(round, run);
      await round.compare();
      await round.lookForOrphans();
      lookAtLedger(round);
      return;
    }
  }
  throw new Violation('I5', 'comes neither to an end nor to a rest');
}

async function everybodyMoves(round: Round): Promise<boolean> {
  if (round.world.events.some(({ turn }) => turn === null)) await round.pump();
  if (round.world.enrollments.some(({ status }) => status === 'held')) {
    await round.simply('sweep', (store) => store.sweepHeld());
  }
  let moved = false;
  for (const run of round.runs) {
    const owed = round.world.dispatches.some(({ enrollmentId }) => enrollmentId === run.enrolled.id);
    while (owed && (await round.deliver(run, false)));
    moved = (await round.act(run, 0)) || moved;
  }
  return moved || round.world.events.some(({ turn }) => turn === null);
}

/** As the sweep of those who should have moved: PROTOCOL rule 12. */
function wakeStalled({ world, clock }: Round, run: Run): void {
  const enrollment = world.enrollments.find(({ id }) => id === run.enrolled.id);
  if (!enrollment || enrollment.status === 'finished') return;
  const wake = { enrollmentId: enrollment.id, kind: 'wake' as const, visit: null };
  const row = world.visits.find((one) => one.enrollmentId === enrollment.id && one.visit === enrollment.visit);
  const goesOn = row?.kind === 'wait' && row.outcome === null && (row.deadline === null || row.deadline > clock);
  const isDeferred = world.sends.some(
    (one) =>
      one.enrollmentId === enrollment.id &&
      one.visit === enrollment.visit &&
      ((one.deferredUntil ?? 0) > clock || one.state === 'unknown'),
  );
  const { diverted, attention, status } = enrollment;
  const sentOn = isPending(diverted) && status !== 'held' && (attention === null || attention.since < diverted.at);
  if (enrollment.leaving !== null) run.deliver({ ...wake, outcome: 'leave' });
  else if (sentOn) run.deliver(wake);
  else if (enrollment.status === 'active' && !goesOn && !isDeferred) run.deliver(wake);
}

async function timeGoesOn(round: Round): Promise<boolean> {
  const instants = round.runs.flatMap((run) =>
    run.pending.kind === 'rest' && run.pending.rest.until !== null ? [run.pending.rest.until - run.skew] : [],
  );
  if (instants.length === 0) return false;
  await round.setClock(Math.max(round.clock + 1, Math.min(...instants)));
  return true;
}

function mayRest(round: Round, run: Run): void {
  const { pending } = run;
  const enrollment = round.world.enrollments.find(({ id }) => id === run.enrolled.id);
  if (pending.kind === 'ended') {
    if (enrollment?.status !== 'finished') throw new Violation('I5', 'its workflow ended and it did not');
    return;
  }
  const phase = pending.kind === 'rest' ? pending.rest.phase : pending.kind;
  if (phase === 'held') throw new Violation('I7', 'held while nothing holds it');
  if (phase === 'waiting' && enrollment && isPending(enrollment.diverted))
    throw new Violation('I5', 'waits on though it is to go on elsewhere');
  const forAPerson = phase === 'needs-attention' && enrollment?.leaving === null;
  if (!forAPerson && phase !== 'waiting') throw new Violation('I5', `rests for ever in ${phase}`);
}

/** The ledger at rest is true. */
function lookAtLedger(round: Round): void {
  const { world } = round;
  for (const send of world.sends) {
    const enrollment = world.enrollments.find(({ id }) => id === send.enrollmentId);
    if (enrollment?.status !== 'finished') continue;
    const out = round.wentOut(send);
    const what = `the message of visit ${send.visit} is ${send.state}, and ${out ? 'went out' : 'did not go out'}`;
    if (['claimed', 'deferred', 'retryable', 'sending'].includes(send.state)) throw new Violation('I9', what);
    if (out && ['suppressed', 'rejected'].includes(send.state)) throw new Violation('I9', what);
    if (!out && ['accepted', 'delivered', 'bounced'].includes(send.state)) throw new Violation('I9', what);
    const outcome = world.visits.find(
      (row) => row.enrollmentId === send.enrollmentId && row.visit === send.visit,
    )?.outcome;
    const wasRefused = round.rejected.has(`${send.enrollmentId}/${send.visit}/${send.channel}`);
    // An opt-out after a begin: whether that call was made is not known, and there is no other.
    const isBarred = send.address !== null && barOf(world, [send.address, personKey(send.contactId)], send) !== null;
    if (round.isIdempotent && send.state === 'unknown' && outcome === 'done' && !wasRefused && !isBarred)
      throw new Violation('I4', what);
  }
}
