import type { MoveOrder } from '../../../workflows/contract/effects';
import { compileJourney } from '../../../workflows/journeys/compile-journey';
import type { Graph } from '../../../workflows/journeys/graph';

/** Small journeys that have every corner: waits in a row, look-backs of all kinds, branches, retries, caps. */
const texts = {
  'one-wait': `
  - { id: pause, kind: wait, for: 1 hour, on: [{ event: a, next: early }] }
  - { id: late, kind: email, template: late, next: end }
  - { id: early, kind: email, template: early }
  - { id: end, kind: exit, outcome: done }`,
  'two-waits': `
  - { id: one, kind: wait, for: 1 hour, on: [{ event: a, next: two }, { event: b, next: mail }] }
  - { id: two, kind: wait, for: 1 hour, on: [{ event: a, next: mail }, { event: b, next: end }] }
  - { id: mail, kind: email, template: mail }
  - { id: end, kind: exit, outcome: done }`,
  clicks: `
  - { id: mail, kind: email, template: mail }
  - { id: short, kind: wait, for: 10 minutes }
  - { id: pause, kind: wait, for: 1 hour, on: [{ event: email.clicked, of: mail, next: clicked }, { event: a, next: end }] }
  - { id: end, kind: exit, outcome: quiet }
  - { id: clicked, kind: exit, outcome: clicked }`,
  branches: `
  - { id: one, kind: wait, for: 1 hour, on: [{ event: a, next: fork }] }
  - id: fork
    kind: branch
    cases: [{ when: { did: b }, next: passed }]
    else: two
  - { id: passed, kind: email, template: never, if: { field: country, is: nowhere } }
  - { id: two, kind: wait, for: 1 hour, on: [{ event: a, next: end }, { event: b, since: entry, next: other }] }
  - { id: end, kind: exit, outcome: done }
  - { id: other, kind: exit, outcome: other }`,
  mails: `
  - { id: one, kind: email, template: one }
  - { id: two, kind: email, template: two, send: at-once }
  - { id: three, kind: email, template: three, ifCapped: skip }
  - { id: end, kind: exit, outcome: done }`,
  'mails-and-waits': `
  - { id: one, kind: email, template: one }
  - { id: pause, kind: wait, for: 1 hour, on: [{ event: a, since: 2 hours, next: two }] }
  - { id: two, kind: email, template: two }
  - { id: open, kind: wait, on: [{ event: b, next: end }, { event: email.clicked, of: [one, two], next: end }] }
  - { id: end, kind: exit, outcome: done }`,
  'sent-on': `
  - { id: one, kind: wait, for: 1 hour, on: [{ event: a, next: two }, { event: d, next: end }] }
  - { id: two, kind: wait, for: 1 hour, on: [{ event: d, since: entry, next: mail }, { event: b, since: 2 hours, next: end }] }
  - { id: mail, kind: email, template: mail }
  - { id: end, kind: exit, outcome: done }`,
  loop: `
  - { id: one, kind: wait, for: 1 hour, on: [{ event: a, next: mail }] }
  - { id: mail, kind: email, template: mail }
  - { id: again, kind: repeat, from: one, times: 2 }
  - { id: end, kind: exit, outcome: done }`,
  channels: `
  - { id: one, kind: message, via: sms, text: hi }
  - { id: note, kind: notify, to: owner, via: [email, chat, sms], text: look }
  - { id: pause, kind: wait, for: 1 hour, on: [{ event: a, next: two }] }
  - { id: inbox, kind: message, via: in-app, text: hi, send: at-once }
  - { id: two, kind: message, via: sms, text: again, ifCapped: skip }
  - { id: end, kind: exit, outcome: done }`,
  acts: `
  - { id: one, kind: wait, for: 1 hour, on: [{ event: a, next: fork }] }
  - { id: fork, kind: split, arms: [{ name: x }, { name: y, next: points }] }
  - { id: change, kind: update, set: { country: nowhere, traits.seen: true }, tags: { add: [t] } }
  - { id: points, kind: score, points: 5, reason: r }
  - { id: call, kind: task, type: call, title: t, if: { score: total, below: 10 } }
  - { id: ask, kind: enroll, journey: other }
  - { id: two, kind: wait, for: 1 hour, on: [{ event: a, next: again }, { event: b, next: end }] }
  - { id: again, kind: repeat, from: one, times: 1 }
  - { id: end, kind: exit, outcome: done, into: other }`,
};

export type JourneyKey = keyof typeof texts;
export const journeyKeys = Object.keys(texts).filter((key): key is JourneyKey => key in texts);

/** Where the event d sends each of them: forward, back, and to the very step it may be in. */
const sentOnAt: Record<JourneyKey, string> = {
  'one-wait': 'early',
  'two-waits': 'two',
  clicks: 'pause',
  branches: 'two',
  mails: 'one',
  'mails-and-waits': 'pause',
  'sent-on': 'two',
  loop: 'mail',
  acts: 'points',
  channels: 'note',
};

export const graphs: ReadonlyMap<string, Graph> = new Map(
  journeyKeys.map((key) => [key, compiled(key, texts[key], sentOnAt[key])]),
);

/** A step of both versions: what is `two` in the first is `second` in the other. */
const renamed = { two: 'second' } as const;

/** The next version of each: other times, behaviours in another order, and a step of another name. */
export const nextGraphs: ReadonlyMap<string, Graph> = new Map(
  journeyKeys.map((key) => {
    const text = texts[key].replaceAll(/\btwo\b/g, renamed.two).replaceAll('1 hour', '90 minutes');
    const at = sentOnAt[key] === 'two' ? renamed.two : sentOnAt[key];
    return [key, turnedAround(compiled(key, text, at))];
  }),
);

function turnedAround(graph: Graph): Graph {
  const steps = Object.entries(graph.steps).map(
    ([id, step]) => [id, step.kind === 'wait' ? { ...step, on: [...step.on].reverse() } : step] as const,
  );
  return { ...graph, steps: Object.fromEntries(steps) };
}

export interface JourneyVersion {
  key: string;
  number: number;
  graph: Graph;
}

/** Every version by its id. */
export function versionsOf(): Map<string, JourneyVersion> {
  return new Map(
    journeyKeys.flatMap((key): [string, JourneyVersion][] => [
      [versionIdOf(key), { key, number: 1, graph: mustHave(graphs, key) }],
      [nextVersionIdOf(key), { key, number: 2, graph: mustHave(nextGraphs, key) }],
    ]),
  );
}

export function graphOfVersion(versionId: string): Graph {
  const version = versionsOf().get(versionId);
  if (!version) throw new Error(`no version ${versionId}`);
  return version.graph;
}

function mustHave(all: ReadonlyMap<string, Graph>, key: string): Graph {
  const graph = all.get(key);
  if (!graph) throw new Error(`no journey ${key}`);
  return graph;
}

/** To the other version, with its renamed step mapped, mapped to nobody, or forgotten. */
export function orderFor(key: string, versionId: string, n: number): MoveOrder {
  const isOld = versionId === versionIdOf(key);
  const [from, to] = isOld ? ['two', renamed.two] : [renamed.two, 'two'];
  const steps = [{ [from]: to }, { [from]: to }, {}, { [from]: null }][n % 4] ?? {};
  const jobId = '00000000-0000-7000-8000-000000000000';
  return { versionId: isOld ? nextVersionIdOf(key) : versionIdOf(key), number: isOld ? 2 : 1, steps, jobId };
}

function compiled(key: JourneyKey, steps: string, at: string): Graph {
  const topic = key === 'mails' ? 'product' : 'education';
  const text = `journey: ${key}
name: ${key}
explain: Whatever the property test needs.
topic: ${topic}
stage: awareness
responsible: tests
review: 90 days
priority: ${key === 'mails-and-waits' ? 80 : 50}
entry: [{ event: form.submitted }]
exits: [{ event: x, outcome: gone }, { event: d, next: ${at} }]
steps:${steps}
`;
  const result = compileJourney(text, { templates: null, topics: null });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.graph;
}

export function nextVersionIdOf(key: string): string {
  return versionIdOf(key).replace('0000000000', '0000000001');
}

/** The same in every lane. */
export function versionIdOf(key: string): string {
  return `00000000-0000-7000-8000-0000000000${String(10 + journeyKeys.findIndex((known) => known === key))}`;
}
