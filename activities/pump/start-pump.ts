import type { Logger } from 'pino';
import type { Db } from '../../prisma/client';
import { listen } from '../../prisma/listen';
import { Dispatcher, type DispatcherDeps } from './dispatcher';
import { startLoop, type Loop } from './loop';
import { Pump } from './pump';
import type { Versions } from './rules';
import { scoreRound } from './score-round';
import { segmentRound, SweepPace } from './segment-round';
import { spreadRound } from './spread-companies';
import { sweep, type SweepDeps } from './sweeps';
import type { TemporalPort } from './temporal-port';

export interface PumpLoopsDeps {
  db: Db;
  /** For the connection that listens. */
  databaseUrl: string;
  log: Logger;
  temporal: TemporalPort;
  /** The settings may have changed. */
  onSettings?: () => void;
  startsInFlight?: DispatcherDeps['startsInFlight'];
  /** `everyMs`: a minute unless told otherwise; the sweep over contacts for segments keeps it too. */
  sweeps?: Pick<SweepDeps, 'stalledSeconds' | 'graceSeconds' | 'enriches'> & { everyMs?: number };
}

export interface PumpLoops {
  /** Events were committed: look at once. */
  nudge: () => void;
  /** Starts or wake-ups were written: deliver at once. */
  nudgeDispatch: () => void;
  /** Lets what is under way finish. */
  stop: () => Promise<void>;
}

/** Starts pump, dispatcher and sweeps. Any number of processes may: one at a time works at a bucket group. */
export function startPump(deps: PumpLoopsDeps): PumpLoops {
  const { db, log, onSettings = () => undefined } = deps;
  const dispatcher = new Dispatcher(deps);
  const starts = startLoop({ name: 'starts', log, round: () => dispatcher.starts(), pollMs: 1_000, soonMs: 25 });
  const wakes = startLoop({ name: 'wakes', log, round: () => dispatcher.wakes(), pollMs: 500, soonMs: 25 });
  const onDispatch = () => {
    starts.nudge();
    wakes.nudge();
  };
  const pump = startPumpLoop({ db, log, onDispatch });
  const behind = startSweeps(deps, { onDispatch, onTold: pump.nudge });
  const listener = listen(deps.databaseUrl, {
    nurture_event: pump.nudge,
    nurture_dispatch: onDispatch,
    nurture_settings: onSettings,
  });
  return {
    nudge: pump.nudge,
    nudgeDispatch: onDispatch,
    stop: async () => {
      await Promise.all([listener.stop(), pump.stop(), ...behind.map((loop) => loop.stop())]);
      await Promise.all([starts.stop(), wakes.stop()]);
    },
  };
}

/** What nobody sends an event for. */
function startSweeps(
  deps: PumpLoopsDeps,
  { onDispatch, onTold }: { onDispatch: () => void; onTold: () => void },
): Loop[] {
  const { db, log, temporal, sweeps = {} } = deps;
  const { everyMs = 60_000, ...limits } = sweeps;
  const place = { after: null };
  const sweeping = startLoop({
    name: 'sweeps',
    log,
    round: async () => (await sweep({ db, log, temporal, onDispatch, place, ...limits }), 'idle'),
    pollMs: everyMs,
    soonMs: everyMs,
  });
  const versions: Versions = new Map();
  const pace = new SweepPace(everyMs);
  const segments = startLoop({
    name: 'segments',
    log,
    round: () => segmentRound({ db, log, versions, pace, onTurned: onTold }),
    pollMs: everyMs,
    soonMs: 250,
  });
  const scores = startLoop({
    name: 'scores',
    log,
    round: () => scoreRound({ db }, onTold),
    pollMs: Math.min(everyMs, 5_000),
    soonMs: 250,
  });
  const companies = startLoop({
    name: 'companies',
    log,
    round: () => spreadRound({ db }, onTold),
    pollMs: 1_000,
    soonMs: 50,
  });
  return [sweeping, segments, scores, companies];
}

function startPumpLoop(deps: { db: Db; log: Logger; onDispatch: () => void }): Loop {
  const pump = new Pump(deps);
  return startLoop({
    name: 'pump',
    log: deps.log,
    round: async () => {
      const { processed, waiting } = await pump.once();
      if (processed > 0) return 'again';
      return waiting ? 'soon' : 'idle';
    },
    pollMs: 1_000,
    soonMs: 100,
  });
}
