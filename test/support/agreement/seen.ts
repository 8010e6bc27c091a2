import type { Played } from './virtual-side';

const MINUTE = 60_000;

/** What a trial came to, in words that can be compared: everything but instants. */
export function seen({ world, restsAt }: Played) {
  const [enrollment] = world.enrollments;
  return {
    restsAt,
    ended: { status: enrollment?.status, outcome: enrollment?.outcome, cause: enrollment?.cause },
    diverted: enrollment?.diverted?.exit ?? null,
    visits: world.visits.map(({ visit, stepId, kind, outcome, winnerSeq }) => ({
      ...{ visit, stepId, kind, outcome },
      winner: winnerSeq === null ? null : world.events.find(({ seq }) => seq === winnerSeq)?.messageId,
    })),
    sends: world.sends.map(({ visit, channel, state, reason, begun }) => ({ visit, channel, state, reason, begun })),
    decisions: world.decisions.map(({ visit, kind, outcome, ordinal }) => ({ visit, kind, outcome, ordinal })),
    events: world.events.map(({ type, messageId, turn }) => ({ type, messageId, turn: String(turn) })),
    contact: world.contacts.map(({ fields }) => fields),
    points: world.scores.map(({ visit, points, axis }) => ({ visit, points, axis })),
    tasks: world.tasks.map(({ visit, type, owner }) => ({ visit, type, owner })),
    arms: world.exposures.map(({ stepId, arm }) => ({ stepId, arm })),
    subscriptions: world.subscriptions.map(({ visit, slot }) => ({ visit, slot })),
  };
}

/** Instants of the two worlds that lie more than a minute apart. */
export function farApart(a: Played, b: Played): string[] {
  const [ours, theirs] = [instantsOf(a), instantsOf(b)];
  return Object.entries(ours).flatMap(([name, at]) => {
    const other = theirs[name] ?? null;
    if (at === other || (at !== null && other !== null && Math.abs(at - other) <= MINUTE)) return [];
    return [`${name}: ${say(at)} and ${say(other)}`];
  });
}

function say(at: number | null): string {
  return at === null ? 'never' : new Date(at).toISOString();
}

function instantsOf({ world }: Played): Record<string, number | null> {
  const visits = world.visits.flatMap(({ visit, arrivedAt, leftAt, deadline }) => [
    [`arrived at visit ${visit}`, arrivedAt] as const,
    [`left visit ${visit}`, leftAt] as const,
    [`deadline of visit ${visit}`, deadline] as const,
  ]);
  const tasks = world.tasks.map(({ visit, dueAt }) => [`task of visit ${visit} due`, dueAt] as const);
  return Object.fromEntries([...visits, ...tasks, ['ended', world.enrollments[0]?.endedAt ?? null]]);
}
