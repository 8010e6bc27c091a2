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
  for (let step = 0; step < MOST; step += 1) {
    const moved = await everybodyMoves(round);
    if (!moved && !(await timeGoesOn(round))) {
      for (const run of round.runs) mayRest(round, run);
      await round.compare();
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
    wakeStalled(round, run);
    moved = (await round.act(run, 0)) || moved;
  }
  return moved || round.world.events.some(({ turn }) => turn === null);
}

/** As the sweep of those who should have moved: PROTOCOL rule 12. */
function wakeStalled(round: Round, run: Run): void {
  const enrollment = round.world.enrollments.find(({ id }) => id === run.enrolled.id);
  if (!enrollment || enrollment.status === 'finished' || run.pending.kind !== 'rest') return;
  if (enrollment.leaving !== null) run.deliver({ ...wakeOf(run), outcome: 'leave' });
  else if (enrollment.status === 'active' && shouldHaveMoved(round, run)) run.deliver(wakeOf(run));
}

function wakeOf(run: Run) {
  return { enrollmentId: run.enrolled.id, kind: 'wake' as const, visit: null };
}

function shouldHaveMoved({ world, clock }: Round, run: Run): boolean {
  if (run.pending.kind !== 'rest') return false;
  const { phase, visit } = run.pending.rest;
  if (phase === 'deferred') return false;
  const row = world.visits.find((one) => one.enrollmentId === run.enrolled.id && one.visit === visit);
  const goesOn = row?.outcome === null && row.kind === 'wait' && (row.deadline === null || row.deadline > clock);
  return !goesOn;
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
  const forAPerson = phase === 'needs-attention' && enrollment?.leaving === null;
  if (!forAPerson && phase !== 'waiting') throw new Violation('I5', `rests for ever in ${phase}`);
}

/** The ledger at rest is true. */
function lookAtLedger(round: Round): void {
  const { world } = round;
  for (const send of world.sends) {
    const enrollment = world.enrollments.find(({ id }) => id === send.enrollmentId);
    if (enrollment?.status !== 'finished') continue;
    const out = round.wentOut(send.enrollmentId, send.visit);
    const what = `the message of visit ${send.visit} is ${send.state}, and ${out ? 'went out' : 'did not go out'}`;
    if (['claimed', 'deferred', 'retryable', 'sending'].includes(send.state)) throw new Violation('I9', what);
    if (out && ['suppressed', 'rejected'].includes(send.state)) throw new Violation('I9', what);
    if (!out && ['accepted', 'delivered', 'bounced'].includes(send.state)) throw new Violation('I9', what);
    const outcome = world.visits.find(
      (row) => row.enrollmentId === send.enrollmentId && row.visit === send.visit,
    )?.outcome;
    if (round.isIdempotent && send.state === 'unknown' && outcome === 'done') throw new Violation('I4', what);
  }
}
