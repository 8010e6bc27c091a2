import { readInside, type InsideRow, type PeopledVersion } from '../prisma/stores/plans';
import type { Db } from '../prisma/client';
import type { Settings } from '../prisma/stores/settings';
import { compareVersions } from '../workflows/domain/versions/compare';
import type { StepMapping } from '../workflows/domain/versions/mapping';
import { Tally, totalsOf, type PlanSummary } from '../workflows/domain/versions/plan';
import { nextOf } from '../workflows/interpreter/follow';
import type { Graph } from '../workflows/journeys/graph';

/** People read at once: some tenths of a second. */
const PAGE = 5000;

export interface Planning {
  journeyKey: string;
  versions: readonly PeopledVersion[];
  to: Graph;
  mapping: StepMapping;
  settings: Pick<Settings, 'defaultZone' | 'holidays'>;
  now: number;
}

/** Counts what stay, move and end would do to everybody inside, page by page. */
export async function planPeople(db: Db, it: Planning): Promise<PlanSummary> {
  const tallies = new Map(it.versions.map((version) => [version.id, tallyOf(version, it)]));
  const graphs = new Map(it.versions.map(({ id, graph }) => [id, graph]));
  const { journeyKey, settings } = it;
  const withFields = Object.values(it.to.steps).some(asksForField);
  for (let after: string | null = null; ;) {
    const rows: InsideRow[] = await readInside(db, { journeyKey, after, limit: PAGE, withFields, settings });
    for (const row of rows) {
      const graph = graphs.get(row.versionId);
      // A version that nobody was in a moment ago: they came since, by the rules that are in force.
      if (graph) tallies.get(row.versionId)?.add({ ...row, next: nextStep(row, graph, it.now) });
    }
    after = rows.at(-1)?.id ?? null;
    if (rows.length < PAGE) return summaryOf(it, tallies);
  }
}

function tallyOf({ graph }: PeopledVersion, { to, mapping, now }: Planning): Tally {
  return new Tally({ from: graph, to, mapping, now });
}

function asksForField(step: Graph['steps'][string]): boolean {
  return step.kind === 'wait' && step.until !== undefined && 'field' in step.until;
}

/** Whoever does not stand in an open visit is before its next step; a wait whose time is over counts as left. */
function nextStep({ ahead, visit, status }: InsideRow, graph: Graph, now: number): string | null {
  if (ahead !== null || !visit) return ahead;
  const step = graph.steps[visit.stepId];
  const isOver = visit.kind === 'wait' && status !== 'active' && visit.deadline !== null && visit.deadline <= now;
  const outcome = visit.outcome ?? (isOver ? 'timeout' : null);
  if (!step || step.kind === 'exit' || outcome === null || outcome === 'moved') return null;
  return nextOf(graph, step, outcome);
}

function summaryOf(it: Planning, tallies: ReadonlyMap<string, Tally>): PlanSummary {
  const versions = it.versions.map(({ id, number, graph }) => {
    const at = tallies.get(id)?.counts() ?? [];
    const { steps, journey } = compareVersions(graph, it.to);
    const people = at.reduce((sum, step) => sum + step.people, 0);
    return { id, number, people, steps: steps.filter(({ change }) => change !== 'same'), journey, at };
  });
  const shifts = [...tallies.values()].flatMap((tally) => tally.shifts());
  const all = versions.flatMap(({ at }) => at);
  return { versions, totals: totalsOf(all, shifts) };
}
