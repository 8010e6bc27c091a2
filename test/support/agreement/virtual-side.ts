import { begin } from '../../../workflows/contract/run-state';
import type { Host, Rest } from '../../../workflows/interpreter/host';
import { interpret } from '../../../workflows/interpreter/interpret';
import { RestsForever, virtualHost } from '../../../workflows/interpreter/virtual/virtual-host';
import type { World } from '../../../workflows/interpreter/virtual/world';
import { happeningFor, timed } from './script';
import { fold } from './temporal-effects';
import { ID, provider, worldOf, type Trial } from './trial';

/** What came of a trial: the world as it is left, and where the run rests if nothing will end that. */
export interface Played {
  world: World;
  restsAt: { stepId: string; phase: string; visit: number } | null;
  /** Instants until which the run rested. */
  deadlines: number[];
}

const HALF_AN_HOUR = 30 * 60_000;
const MOST_EFFECTS = 2000;

/** Plays a trial on the virtual clock. */
export async function playVirtually(trial: Trial): Promise<Played> {
  const world = worldOf(trial);
  const watched = { rest: null as Rest | null, deadlines: [] as number[], effects: 0 };
  const happenings = timed(trial).map((event) => happeningFor(event, trial, () => watched.rest?.phase ?? null));
  const inner = virtualHost({
    ...{ world, enrollmentId: ID, happenings, provider: provider(), idempotent: false, graceMs: 50 * 60_000 },
  });
  const host: Host = {
    ...inner,
    perform(name, request, summary) {
      watched.rest = null;
      watched.effects += 1;
      if (watched.effects > MOST_EFFECTS) throw new Error('it acts without end');
      return inner.perform(name, request, summary);
    },
    rest(rest) {
      watched.rest = rest;
      if (rest.until !== null) watched.deadlines.push(rest.until);
      return inner.rest(rest);
    },
  };
  const restsAt = await restOf(
    interpret({ enrollmentId: ID, versionId: ID, graph: trial.graph, state: begin(trial.graph.first) }, host),
  );
  fold(world); // what followed from the end
  return { world, restsAt, deadlines: watched.deadlines };
}

async function restOf(run: Promise<unknown>): Promise<Played['restsAt']> {
  try {
    await run;
    return null;
  } catch (error) {
    if (!(error instanceof RestsForever)) throw error;
    const { stepId, phase, visit } = error.rest;
    return { stepId, phase, visit };
  }
}

/** The trial with its events moved, until each is half an hour from every deadline; those that find no place are left out. */
export async function keptApart(trial: Trial): Promise<{ trial: Trial; played: Played }> {
  let kept = trial;
  for (let round = 0; round < 40; round += 1) {
    const played = await playVirtually(kept);
    const events = timed(kept);
    const close = events.findIndex(({ at }) => played.deadlines.some((due) => Math.abs(due - at) < HALF_AN_HOUR));
    if (close < 0) return { trial: kept, played };
    const moved = events.map(({ minute, what, which }, index) => ({
      minute: minute + (index === close ? 67 : 0),
      what,
      which,
    }));
    kept = { ...kept, events: round < 30 ? moved : moved.filter((_, index) => index !== close) };
  }
  const bare = { ...kept, events: [] };
  return { trial: bare, played: await playVirtually(bare) };
}
