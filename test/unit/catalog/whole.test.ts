import { checkText } from '../../../messages/check-text';
import { loadCatalog, needsContent } from '../../../prisma/catalog';
import { builtInSegments } from '../../../workflows/domain/conditions/segments';
import { compileJourney } from '../../../workflows/journeys/compile-journey';
import type { Graph, GraphStep } from '../../../workflows/journeys/graph';
import { catalogueGraph } from './walk';

const { journeys, templates } = loadCatalog();
const keys = new Set(journeys.map(({ key }) => key));
const graphs = new Map([...keys].map((key) => [key, catalogueGraph(key)]));

/** What the product promises to ship. */
const promised = [
  'cart-abandonment',
  'competitor-evaluation',
  'demo-request',
  'ebook-follow-up',
  'education-track',
  'first-purchase',
  'free-trial',
  'high-intent',
  'mql-handoff',
  'onboarding',
  're-engagement',
  'referral',
  'renewal',
  'satisfaction-survey',
  'slow-track',
  'solution-track',
  'usage-tips',
  'vip-upsell',
  'webinar-follow-up',
  'webinar-invitation',
  'welcome',
  'win-back',
];

test('the catalogue is what was promised', () => {
  expect([...keys].sort()).toEqual(promised);
  expect(Object.keys(needsContent).filter((key) => !keys.has(key))).toEqual([]);
});

test.each([...keys])('%s names only what there is', (key) => {
  const compiled = compileJourney(journeys.find((journey) => journey.key === key)?.source ?? '', {
    ...{ key, checkText, journeys: keys, segments: new Set(Object.keys(builtInSegments)), teams: new Set() },
    ...{ templates: new Set(templates.map((template) => template.key)), topics: new Set(['education', 'product']) },
    ...{ senders: new Set(['sales-team']), endpoints: { chat: new Set(), webhook: new Set(['retargeting']) } },
  });
  expect(compiled).toMatchObject({ ok: true });
});

test.each([...keys])('%s says who looks after it', (key) => {
  const compiled = compileJourney(journeys.find((journey) => journey.key === key)?.source ?? '', {
    ...{ templates: null, topics: null },
  });
  if (!compiled.ok) throw new Error(key);
  const { explain, stage, responsible, review, name } = compiled.document;
  expect([name, stage, responsible, review]).not.toContain(undefined);
  expect(explain).toMatch(/^[A-Z].*[^.]\.$/);
});

test.each([...keys])('%s leads nobody in a circle without time', (key) => {
  expect(atOnceAfter(key, graphs)).not.toContain(key);
});

test('a circle without time would be seen', () => {
  const to = (journey: string, wait = '') => {
    const steps = `steps: [${wait}{ id: a, kind: update, tags: { add: [x] } }, { id: b, kind: exit, outcome: c, into: ${journey} }]`;
    const head = `journey: x\nexplain: X.\ntopic: product\nentry: []\n`;
    const compiled = compileJourney(`${head}${steps}\n`, { templates: null, topics: null });
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
    return compiled.graph;
  };
  expect([
    ...atOnceAfter(
      'one',
      new Map([
        ['one', to('two')],
        ['two', to('one')],
      ]),
    ),
  ]).toEqual(['two', 'one']);
  const slowly = to('one', '{ id: w, kind: wait, for: 1 hour }, ');
  expect([
    ...atOnceAfter(
      'one',
      new Map([
        ['one', to('two')],
        ['two', slowly],
      ]),
    ),
  ]).toEqual(['two']);
});

/** Journeys that one passes on to without any time going by, near or far. */
function atOnceAfter(start: string, graphs: ReadonlyMap<string, Graph>): Set<string> {
  const reached = new Set<string>();
  const open = [start];
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    const graph = graphs.get(key);
    for (const next of graph ? leadsToAtOnce(graph) : []) {
      if (!reached.has(next)) open.push(next);
      reached.add(next);
    }
  }
  return reached;
}

/** A diversion takes a behaviour, which takes time. */
function leadsToAtOnce({ first, steps }: Graph): string[] {
  const found: string[] = [];
  const seen = new Set<string>();
  const open = [first];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const step = steps[id];
    if (!step || seen.has(id)) continue;
    seen.add(id);
    if (step.kind === 'exit' && step.into !== undefined) found.push(step.into);
    if (step.kind === 'enroll') found.push(step.journey);
    open.push(...onwards(step));
  }
  return found;
}

function onwards(step: GraphStep): string[] {
  switch (step.kind) {
    case 'exit':
      return [];
    case 'wait':
      return takesTime(step) ? [] : [step.next];
    case 'branch':
      return [...step.cases.map(({ next }) => next), step.else];
    case 'split':
      return step.arms.map(({ next }) => next);
    case 'email':
    case 'message':
    case 'notify':
    case 'task':
    case 'update':
    case 'score':
    case 'enroll':
    case 'repeat':
      return [step.next];
  }
}

/** A date may be past already; a day of the journey comes after its first. */
function takesTime({ if: condition, for: period, until }: Extract<GraphStep, { kind: 'wait' }>): boolean {
  return condition === undefined && (period !== undefined || (until !== undefined && 'day' in until && until.day > 1));
}
