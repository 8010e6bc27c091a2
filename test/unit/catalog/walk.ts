import { loadCatalog } from '../../../prisma/catalog';
import type { ScriptItem } from '../../../workflows/interpreter/virtual/script';
import { simulate, type Persona, type SimulatedStep } from '../../../workflows/interpreter/virtual/simulate';
import { compileJourney } from '../../../workflows/journeys/compile-journey';
import type { Graph } from '../../../workflows/journeys/graph';
import { unchecked } from '../journeys/journey-text';

const ZONE = 'Europe/Berlin';

/** An instant of the winter in Berlin: `at('11-25 09:30')`; `at('2027-01-08 09:00')` in another year. */
export function at(local: string): number {
  const [date = '', time = ''] = local.split(' ');
  return Date.parse(`${date.length > 5 ? date : `2026-${date}`}T${time}:00+01:00`);
}

/** Monday, ten in the morning in Berlin: when everybody enters who does not say otherwise. */
const ENTERS = at('11-23 10:00');

/** So many screens of the product, ten minutes apart. */
export function screens(from: string, count: number): ScriptItem[] {
  return Array.from({ length: count }, (_, index) => ({ at: at(from) + index * 600_000, type: 'screen.viewed' }));
}

type Replacement = readonly [from: string, to: string];

interface Walk {
  enters?: number;
  zone?: string;
  fields?: Persona['fields'];
  entry?: Persona['entry'];
  score?: Persona['score'];
  script?: readonly ScriptItem[];
  /** Changes the document, to get into the other arm of a test. */
  replace?: readonly Replacement[];
}

/** The journey of the catalogue, compiled. */
export function catalogueGraph(key: string, replace: readonly Replacement[] = []): Graph {
  const source = loadCatalog().journeys.find((journey) => journey.key === key)?.source ?? '';
  const changed = replace.reduce((text, [from, to]) => text.replaceAll(from, to), source);
  const compiled = compileJourney(changed, unchecked);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  return compiled.graph;
}

/** Whatever reaches the person or the staff, when in the person's own time, and how it ends. */
export async function walk(key: string, it: Walk = {}): Promise<string[]> {
  const { enters = ENTERS, zone = ZONE, fields = {}, entry, score, script = [], replace } = it;
  const graph = catalogueGraph(key, replace);
  const persona: Persona = {
    ...{ entersAt: enters, fields: { timezone: zone, ...fields } },
    ...(entry && { entry }),
    ...(score && { score }),
  };
  const { steps, outcome, endedAt, rests } = await simulate(graph, persona, { script });
  const shown = steps.filter((step) => kinds.includes(step.kind) && step.outcome === 'done');
  const last = graph.steps[steps.at(-1)?.stepId ?? ''];
  const into = last?.kind === 'exit' && last.into !== undefined && last.outcome === outcome ? ` into ${last.into}` : '';
  const end = rests ? `rests: ${rests.detail}` : `${local(endedAt ?? 0, zone)} = ${outcome}${into}`;
  return [...shown.map((step) => lineOf(step, zone)), end];
}

const kinds = ['email', 'message', 'notify', 'task', 'score', 'enroll'];

function lineOf({ stepId, kind, arrivedAt, leftAt, message }: SimulatedStep, zone: string): string {
  const went = kind !== 'email' && kind !== 'message' ? '' : message?.state === 'accepted' ? '' : ` ${message?.state}`;
  return `${local(leftAt ?? arrivedAt, zone)} ${stepId}${went}`;
}

/** `Wed 25 Nov 09:30`. */
function local(instant: number, zone: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', {
    ...{ timeZone: zone, weekday: 'short', day: '2-digit', month: 'short' },
    ...{ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  }).formatToParts(instant);
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? '';
  return `${part('weekday')} ${part('day')} ${part('month').slice(0, 3)} ${part('hour')}:${part('minute')}`;
}
