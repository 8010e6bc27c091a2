import type { Needs } from '../../workflows/domain/conditions/needs';
import type { EarlierRun } from '../../workflows/domain/entry';
import type { Known } from '../../workflows/domain/entries/known';
import { askOf, mergeAsks } from '../../workflows/domain/entries/past';
import type { DbOrTx } from '../client';
import { readLastMails, readOptOuts } from './pump/condition-facts';
import { readProfiles } from './pump/contacts';
import { readEnrollments } from './pump/enrollments';
import { readPast } from './pump/past';
import { readScoresNow } from './scores/read-now';
import { noScore } from '../../workflows/domain/scoring/now';

/** A contact as decisions outside of any journey see it. */
export interface KnownContact extends Known {
  id: string;
  erased: boolean;
  /** Epoch milliseconds. */
  createdAt: number;
  /** First to last within each journey. */
  enrollments: (EarlierRun & { journeyKey: string; leaving: string | null; enteredAt: number })[];
}

/**
 * What is known of these contacts as far as it is needed, looking back from `at` (epoch milliseconds): a statement for
 * each kind of fact. Under their locks where something is decided from it.
 */
export async function readKnown(
  db: DbOrTx,
  contactIds: readonly string[],
  { needs, at }: { needs: Needs; at: number },
): Promise<KnownContact[]> {
  const asks = mergeAsks(needs.did.map(askOf));
  const profiles = await readProfiles(db, contactIds);
  const enrollments = groupById(await readEnrollments(db, contactIds));
  const past = groupById(
    await readPast(
      db,
      contactIds.map((contactId) => ({ contactId, asks })),
      at,
    ),
  );
  const scores = needs.score ? await readScoresNow(db, contactIds, at) : null;
  const mails = groupById(needs.mails === 0 ? [] : await readLastMails(db, contactIds, needs.mails));
  const optOuts = groupById(needs.consent ? await readOptOuts(db, contactIds) : []);
  return profiles.map(({ id, erased, createdAt, fields, traits }) => ({
    id,
    erased,
    createdAt: createdAt.getTime(),
    contact: { ...fields, traits },
    enrollments: (enrollments.get(id) ?? []).map((row) => ({
      ...row,
      enteredAt: row.enteredAt.getTime(),
      endedAt: row.endedAt?.getTime() ?? null,
    })),
    past: (past.get(id) ?? []).map(({ journeyKey, stepId, receivedAt, ...event }) => ({
      ...event,
      receivedAt: receivedAt.getTime(),
      about: journeyKey !== null && stepId !== null ? { journeyKey, stepId } : null,
    })),
    score: scores?.get(id) ?? noScore,
    mails: mails.get(id) ?? [],
    optOuts: (optOuts.get(id) ?? []).map(({ scope }) => scope),
    openHandoff: false,
  }));
}

function groupById<T extends { contactId: string }>(rows: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(row.contactId);
    if (group) group.push(row);
    else groups.set(row.contactId, [row]);
  }
  return groups;
}
