import type { Logger } from 'pino';
import type { Db } from '../../prisma/client';
import { openEnrichJob } from '../../prisma/stores/companies/enrichment';
import { openJobs } from '../../prisma/stores/jobs';
import { readSettings } from '../../prisma/stores/settings';
import {
  markGone,
  readGraphs,
  readHeldByNothing,
  readOpen,
  releaseHeld,
  restartLeaving,
  wakeStalled,
  type HeldRow,
} from '../../prisma/stores/pump/sweeps';
import { journeyWorkflowId } from '../../workflows/contract/journey';
import { stepsAhead } from '../../workflows/interpreter/steps-ahead';
import type { Graph } from '../../workflows/journeys/graph';
import type { TemporalPort } from './temporal-port';

export interface SweepDeps {
  db: Db;
  log: Logger;
  temporal: TemporalPort;
  /** Told when a sweep owes Temporal something. */
  onDispatch?: () => void;
  /** Where the sweep before ended, kept between them. */
  place?: { after: string | null };
  /** There is somebody to ask about companies. */
  enriches?: boolean;
  /** How long one may stand still before it is woken. */
  stalledSeconds?: number;
  /** How long a send may be unknown before its journey goes on. */
  graceSeconds?: number;
}

/** Each sweep looks back further than the time since the one before: a minute, and what a restart takes. */
const LOOK_BACK_MS = 10 * 60_000;

/** Jobs of one sweep. */
const JOBS = 100;

/** Pages of one sweep: all of a hundred thousand open enrollments, a part of more. */
const PAGES = 5;

export interface Swept {
  released: number;
  woken: number;
  restarted: number;
  gone: number;
}

/** All sweeps, one after the other; one that fails is tried again next time, and stops none of the others. */
export async function sweep(deps: SweepDeps): Promise<Swept> {
  const released = await tried(deps, 'held', sweepHeld);
  const woken = await tried(deps, 'stalled', sweepStalled);
  const restarted = await tried(deps, 'leaving', sweepLeaving);
  const gone = await tried(deps, 'broken', sweepBroken);
  await tried(deps, 'companies', sweepCompanies);
  await tried(deps, 'jobs', sweepJobs);
  if (released + woken + restarted > 0) deps.onDispatch?.();
  const swept = { released, woken, restarted, gone };
  if (Object.values(swept).some((count) => count > 0)) deps.log.info(swept, 'swept');
  return swept;
}

async function tried(deps: SweepDeps, name: string, run: (deps: SweepDeps) => Promise<number>): Promise<number> {
  try {
    return await run(deps);
  } catch (error) {
    deps.log.warn({ sweep: name, error: error instanceof Error ? error.name : 'unknown error' }, 'sweep failed');
    return 0;
  }
}

/** Companies that nobody has asked about yet are asked about, where there is somebody to ask. */
async function sweepCompanies({ db, enriches }: SweepDeps): Promise<number> {
  if (!enriches) return 0;
  const { settings } = await readSettings(db);
  return settings.enrichment === 'automatic' && (await openEnrichJob(db)) ? 1 : 0;
}

/** Who is held is released when nothing holds them. */
export async function sweepHeld({ db }: SweepDeps): Promise<number> {
  const held = await readHeldByNothing(db);
  const graphs = await readGraphs(db, [...new Set(held.map(({ versionId }) => versionId))]);
  const free = held.filter((row) => !isBeforePausedStep(row, graphs.get(row.versionId)));
  return free.length === 0 ? 0 : releaseHeld(db, free);
}

/** Who should have moved is woken, a part of them each time: PROTOCOL rule 12. */
export async function sweepStalled(deps: SweepDeps): Promise<number> {
  const { db, place = { after: null }, stalledSeconds = 300, graceSeconds = 900 } = deps;
  let woken = 0;
  for (let pages = 0; pages < PAGES; pages += 1) {
    const done = await wakeStalled(db, { stalledSeconds, graceSeconds, after: place.after });
    woken += done.woken;
    place.after = done.next;
    if (done.next === null) break;
  }
  return woken;
}

/** Who is to leave and has no workflow any more gets one again, to leave with. */
export function sweepLeaving({ db }: SweepDeps): Promise<number> {
  return restartLeaving(db);
}

/** Whose workflow was terminated, failed or timed out is shown to people, unless a reset opened it again. */
export async function sweepBroken({ db, temporal }: SweepDeps): Promise<number> {
  const broken = await temporal.brokenSince(new Date(Date.now() - LOOK_BACK_MS));
  const open = await readOpen(db, broken.flatMap(enrollmentIdOf));
  const gone: string[] = [];
  for (const { id, journeyKey } of open) {
    if (!(await temporal.isOpen(journeyWorkflowId(journeyKey, id)))) gone.push(id);
  }
  return gone.length === 0 ? 0 : markGone(db, gone);
}

/** Jobs that are not over have a workflow: one that could not be started, or was ended, is begun again where it stood. */
export async function sweepJobs({ db, temporal }: SweepDeps): Promise<number> {
  const open = await openJobs(db, JOBS);
  for (const { kind, id } of open) await temporal.startJob(kind, id);
  return open.length;
}

/** Workflows of other installations, or made by hand, may have other ids. */
function enrollmentIdOf(workflowId: string): string[] {
  const id = workflowId.slice(workflowId.lastIndexOf('/') + 1);
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id) ? [id] : [];
}

function isBeforePausedStep(row: HeldRow, graph: Graph | undefined): boolean {
  if (!graph || row.pausedSteps.length === 0) return false;
  const ahead = stepsAhead(graph, row);
  return row.pausedSteps.some((id) => ahead.includes(id));
}
