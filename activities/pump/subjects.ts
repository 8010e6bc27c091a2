import type { Tx } from '../../prisma/client';
import { readProfiles, type ProfileRow } from '../../prisma/stores/pump/contacts';
import {
  readEnrollments,
  readSubscriptions,
  type EnrollmentRow,
  type SubscriptionRow,
} from '../../prisma/stores/pump/enrollments';
import type { EventRow } from '../../prisma/stores/pump/events';
import { readPast, type PastRow } from '../../prisma/stores/pump/past';
import { needsOf } from '../../workflows/domain/conditions/needs';
import { expandEvent } from '../../workflows/domain/events';
import type { Enrolled, PastEvent, Rules, Subject, Subscription } from './fold/subject';

/** What is read of the contacts of a batch, under their locks. */
export interface ReadSets {
  profiles: ProfileRow[];
  enrollments: EnrollmentRow[];
  subscriptions: SubscriptionRow[];
}

export async function readSets(tx: Tx, contactIds: readonly string[]): Promise<ReadSets> {
  return {
    profiles: await readProfiles(tx, contactIds),
    enrollments: await readEnrollments(tx, contactIds),
    subscriptions: await readSubscriptions(tx, contactIds),
  };
}

/** The past of those contacts that may enter a journey whose conditions ask what they did. */
export function readPastFor(
  tx: Tx,
  rules: Rules,
  events: readonly (EventRow & { contactId: string })[],
): Promise<PastRow[]> {
  const asking = rules.journeys.flatMap(({ graph }) => {
    const { did } = needsOf(graph.unless ? [graph.unless] : []);
    const entries = graph.entries.flatMap((entry) => (entry.kind === 'event' ? expandEvent(entry) : []));
    return did.length > 0 ? [{ entries, asked: did.flatMap((test) => expandEvent(test)) }] : [];
  });
  const contacts = events.filter(({ type }) => asking.some(({ entries }) => entries.includes(type)));
  if (contacts.length === 0) return Promise.resolve([]);
  return readPast(tx, unique(contacts.map(({ contactId }) => contactId)), unique(asking.flatMap(({ asked }) => asked)));
}

/** One working copy for each contact. */
export function subjectsOf(sets: ReadSets, past: readonly PastRow[]): Map<string, Subject> {
  const enrollments = groupBy(sets.enrollments, (row) => row.contactId);
  const subscriptions = groupBy(sets.subscriptions, (row) => row.contactId);
  const pasts = groupBy(past, (row) => row.contactId);
  return new Map(
    sets.profiles.map(({ id, erased, fields, traits }) => [
      id,
      {
        id,
        erased,
        profile: { fields, traits },
        enrollments: (enrollments.get(id) ?? []).map(enrolled),
        subscriptions: (subscriptions.get(id) ?? []).map(subscription),
        past: (pasts.get(id) ?? []).map(pastEvent),
      },
    ]),
  );
}

function enrolled({ contactId: _, endedAt, ...row }: EnrollmentRow): Enrolled {
  return { ...row, endedAt: endedAt?.getTime() ?? null };
}

function subscription({ contactId: _, deadline, ...row }: SubscriptionRow): Subscription {
  return { ...row, deadline: deadline?.getTime() ?? null };
}

function pastEvent({ type, properties, receivedAt, journeyKey, stepId }: PastRow): PastEvent {
  const about = journeyKey !== null && stepId !== null ? { journeyKey, stepId } : null;
  return { type, properties, receivedAt: receivedAt.getTime(), about };
}

export function unique<T>(values: Iterable<T>): T[] {
  return [...new Set(values)];
}

export function groupBy<T>(values: readonly T[], keyOf: (value: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const group = groups.get(keyOf(value));
    if (group) group.push(value);
    else groups.set(keyOf(value), [value]);
  }
  return groups;
}
