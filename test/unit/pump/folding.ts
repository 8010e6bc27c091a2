import { plainRules } from '../../../workflows/domain/people/normalise';
import type { foldContact } from '../../../activities/pump/fold/fold';
import type { Enrolled, Rules, Subject, TurnedEvent } from '../../../activities/pump/fold/subject';
import type { Graph } from '../../../workflows/journeys/graph';
import { noScore } from '../../../workflows/domain/scoring/now';
import { plainModel } from '../../../workflows/domain/scoring/plain-model';

let ids = 0;
export const graph = (key: string, more: Partial<Graph> = {}): Graph => ({
  ...{ journey: key, name: key, topic: 'education', priority: 50, first: 'done', exits: [], defaultExits: true },
  steps: { done: { id: 'done', kind: 'exit', outcome: 'done' } },
  entries: [{ kind: 'event', event: 'form.submitted' }],
  reentry: { kind: 'never' },
  ...more,
});
export const rulesOf = (...graphs: Graph[]): Rules => ({
  journeys: graphs.map((one) => ({ key: one.journey, versionId: one.journey, version: 1, graph: one })),
  graphs: new Map(graphs.map((one) => [one.journey, one])),
  defaultExits: ['replied', 'customer', 'unsubscribed'],
  defaultZone: 'UTC',
  newId: () => `id-${(ids += 1)}`,
  segments: {},
  watches: [],
  people: plainRules,
  scoring: { model: plainModel, types: new Set() },
});
export const someone = (more: Partial<Subject> = {}): Subject => ({
  ...{ id: 'ann', erased: false, createdAt: 0, enrollments: [], subscriptions: [], past: [] },
  ...{ score: noScore, mails: [], optOuts: [], member: new Set(), counting: null, liftable: [], withdrawn: [] },
  profile: { fields: {}, traits: {}, origins: {}, companyId: null },
  companies: { byKey: new Map(), byId: new Map() },
  ...more,
});
let seq = 0n;
/** Each event comes a second after the one before, from the first second on. */
export function beginEvents(): void {
  seq = 0n;
}
export const event = (type: string, more: Partial<TurnedEvent> = {}): TurnedEvent => {
  seq += 1n;
  return {
    ...{ seq, turn: seq, origin: 'http', type, properties: {}, traits: {}, context: {}, fromBrowser: false },
    ...{
      occurredAt: Number(seq) * 1000,
      receivedAt: Number(seq) * 1000,
      hops: 0,
      about: null,
      ownsAddress: false,
      isRecognised: false,
    },
    ...more,
  };
};
export const enrolled = (journeyKey: string, more: Partial<Enrolled> = {}): Enrolled => ({
  ...{ id: `in-${journeyKey}`, journeyKey, versionId: journeyKey, n: 1, entryKey: '', finished: false },
  ...{ leaving: null, diverted: null, visit: 1, stepId: 'wait', endedAt: null },
  ...more,
});
export const entered = (found: ReturnType<typeof foldContact>) => found.entries.map(({ journeyKey }) => journeyKey);
export const refusals = (found: ReturnType<typeof foldContact>) =>
  found.decisions.filter(({ outcome }) => outcome === 'refused').map(({ reason }) => reason);
