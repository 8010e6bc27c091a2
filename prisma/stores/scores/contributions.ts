import type { RuleSum } from '../../../workflows/domain/scoring/explaining/sums';
import type { Axis } from '../../../workflows/domain/scoring/model';
import type { MarkOf } from '../../../workflows/domain/scoring/state';
import type { DbOrTx } from '../../client';

/** A line of the ledger. */
export interface Contribution {
  id: string;
  /** rule, fit, silence and reset are the model's; step and hand are given; failed: a rule that could not be asked. */
  kind: string;
  axis: Axis;
  group: string;
  rule: string;
  points: number;
  /** Points that a cap kept away. */
  lost: number;
  at: Date;
  /** The event that it was given for. */
  eventSeq: bigint | null;
  journeyKey: string | null;
  enrollmentId: string | null;
  modelVersion: number | null;
}

/** Where a page ended: the ledger is in order of instants, then of ids. */
export interface ContributionPlace {
  at: Date;
  id: string;
}

/** A contact's ledger up to an instant, the newest first, behind a place. */
export function readContributions(
  db: DbOrTx,
  contactId: string,
  { until, after, limit }: { until: Date; after: ContributionPlace | null; limit: number },
): Promise<Contribution[]> {
  const place = after ?? { at: until, id: 'ffffffff-ffff-ffff-ffff-ffffffffffff' };
  return db.$queryRaw<Contribution[]>`
    select id, kind, axis, "group", rule, points, lost, at, event_seq as "eventSeq", journey_key as "journeyKey",
           enrollment_id as "enrollmentId", model_version as "modelVersion"
    from score_entry
    where contact_id = ${contactId}::uuid and at <= ${until} and (at, id) < (${place.at}, ${place.id}::uuid)
    order by at desc, id desc limit ${limit}::int`;
}

export type MarkRow = Omit<MarkOf, 'at'> & { at: Date };

/** The newest crossings up to an instant. */
export function readMarks(
  db: DbOrTx,
  contactId: string,
  { until, limit }: { until: Date; limit: number },
): Promise<MarkRow[]> {
  return db.$queryRaw<MarkRow[]>`
    select kind, "from", "to", total, fit, engagement, at from score_mark
    where contact_id = ${contactId}::uuid and at <= ${until}
    order by at desc, id desc limit ${limit}::int`;
}

/** What each rule gave up to an instant; of engagement since the last reset, which took all that was before it. */
export async function readRuleSums(db: DbOrTx, contactId: string, until: Date): Promise<RuleSum[]> {
  return db.$queryRaw<RuleSum[]>`
    with ledger as (
      select * from score_entry where contact_id = ${contactId}::uuid and at <= ${until} and kind <> 'failed'),
    reset as (select at, id from ledger where kind = 'reset' order by at desc, id desc limit 1)
    select kind, axis, "group", rule, sum(points) as points, sum(lost) as lost, count(*)::int as times,
           (extract(epoch from max(at)) * 1000)::float8 as "lastAt"
    from ledger
    where axis = 'fit' or not exists (select from reset r where (ledger.at, ledger.id) <= (r.at, r.id))
    group by kind, axis, "group", rule
    order by min(at), rule`;
}
