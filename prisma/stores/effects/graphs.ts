import type { Graph, StepKind, StepOf } from '../../../workflows/journeys/graph';
import type { DbOrTx } from '../../client';

/** Versions are immutable, so what was read once stays true. */
const KEPT = 500;
const read = new Map<string, Graph>();

/** The compiled graph of a journey version. */
export async function graphOf(db: DbOrTx, versionId: string): Promise<Graph> {
  const known = read.get(versionId);
  if (known) return known;
  const row = await db.journeyVersion.findUniqueOrThrow({ where: { id: versionId }, select: { graph: true } });
  const graph = row.graph as unknown as Graph;
  if (read.size >= KEPT) read.clear();
  read.set(versionId, graph);
  return graph;
}

/** The step, which must be of one of these kinds. Throws where a workflow asks for one that its version does not have. */
export function stepOfKind<K extends StepKind>(graph: Graph, id: string, ...kinds: readonly K[]): StepOf<K> {
  const step = graph.steps[id];
  if (!isOfKind(step, kinds)) throw new Error(`${graph.journey} has no ${kinds.join(' or ')} step ${id}`);
  return step;
}

function isOfKind<K extends StepKind>(
  step: Graph['steps'][string] | undefined,
  kinds: readonly K[],
): step is StepOf<K> {
  return kinds.some((kind) => kind === step?.kind);
}
