import type { Tx } from '../../prisma/client';
import { readProfiles, type ProfileRow } from '../../prisma/stores/pump/contacts';
import {
  readEnrollments,
  readSubscriptions,
  type EnrollmentRow,
  type SubscriptionRow,
} from '../../prisma/stores/pump/enrollments';
import { readLastMails, readOptOuts, type MailRow, type OptOutRow } from '../../prisma/stores/pump/condition-facts';
import { readPast, type PastRow } from '../../prisma/stores/pump/past';
import { readMembers, type MemberRow } from '../../prisma/stores/pump/watches';
import { readScores } from '../../prisma/stores/scores/read';
import type { StandingOptOut } from '../../workflows/domain/consent/consent';
import type { PastEvent } from '../../workflows/domain/entries/past';
import type { CompaniesNow, Counting, Enrolled, LiftableOptOut, Subject, Subscription } from './fold/subject';
import type { Wanted } from './interests';
import { noScore } from '../../workflows/domain/scoring/now';

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

/** What conditions ask about these contacts, a statement for each kind of fact that any of them asks about. */
export interface Asked {
  past: PastRow[];
  scores: Map<string, Subject['score']>;
  mails: MailRow[];
  optOuts: OptOutRow[];
  members: MemberRow[];
}

export async function readAsked(tx: Tx, wanted: Wanted, at: number): Promise<Asked> {
  const { past, score, mails, optOuts, members } = wanted;
  return {
    past: await readPast(tx, past, at),
    scores: score.length === 0 ? new Map<string, Subject['score']>() : await readScores(tx, score, at),
    mails: mails.contactIds.length === 0 ? [] : await readLastMails(tx, mails.contactIds, mails.count),
    optOuts: optOuts.length === 0 ? [] : await readOptOuts(tx, optOuts),
    members: members.length === 0 ? [] : await readMembers(tx, members),
  };
}

/** By contact. */
export interface Batched {
  liftable: ReadonlyMap<string, LiftableOptOut[]>;
  withdrawn: ReadonlyMap<string, StandingOptOut[]>;
  countings: ReadonlyMap<string, Counting>;
  companies: CompaniesNow;
}

/** One working copy for each contact. */
export function subjectsOf(
  sets: ReadSets,
  { liftable, withdrawn, countings, companies, ...asked }: Asked & Batched,
): Map<string, Subject> {
  const enrollments = groupBy(sets.enrollments, (row) => row.contactId);
  const subscriptions = groupBy(sets.subscriptions, (row) => row.contactId);
  const factsOf = askedOf(asked);
  return new Map(
    sets.profiles.map(({ id, erased, createdAt, ...profile }) => [
      id,
      {
        id,
        erased,
        createdAt: createdAt.getTime(),
        profile,
        companies,
        enrollments: (enrollments.get(id) ?? []).map(enrolled),
        subscriptions: (subscriptions.get(id) ?? []).map(subscription),
        ...factsOf(id),
        liftable: liftable.get(id) ?? [],
        withdrawn: withdrawn.get(id) ?? [],
        counting: countings.get(id) ?? null,
      },
    ]),
  );
}

function askedOf(asked: Asked): (id: string) => Pick<Subject, 'past' | 'score' | 'mails' | 'optOuts' | 'member'> {
  const past = groupBy(asked.past, (row) => row.contactId);
  const mails = groupBy(asked.mails, (row) => row.contactId);
  const optOuts = groupBy(asked.optOuts, (row) => row.contactId);
  const members = groupBy(asked.members, (row) => row.contactId);
  return (id) => ({
    past: (past.get(id) ?? []).map(pastEvent),
    score: asked.scores.get(id) ?? noScore,
    mails: (mails.get(id) ?? []).map(({ sendId, opened, clicked }) => ({ sendId, opened, clicked })),
    optOuts: (optOuts.get(id) ?? []).map(({ scope }) => scope),
    member: new Set((members.get(id) ?? []).map(({ key }) => key)),
  });
}

function enrolled({ contactId: _, enteredAt: _enteredAt, endedAt, ...row }: EnrollmentRow): Enrolled {
  return { ...row, endedAt: endedAt?.getTime() ?? null };
}

function subscription({ contactId: _, deadline, ...row }: SubscriptionRow): Subscription {
  return { ...row, deadline: deadline?.getTime() ?? null };
}

function pastEvent({ seq, type, properties, receivedAt, journeyKey, stepId }: PastRow): PastEvent {
  const about = journeyKey !== null && stepId !== null ? { journeyKey, stepId } : null;
  return { seq, type, properties, receivedAt: receivedAt.getTime(), about };
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
