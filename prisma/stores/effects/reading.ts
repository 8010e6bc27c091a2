import type { EffectRequest } from '../../../workflows/contract/effects';
import type { Json } from '../../../workflows/domain/json';
import { holding } from '../../../workflows/domain/visits/holds';
import type { Case } from '../../../workflows/domain/visits/judge';
import type { Diversion } from '../../../workflows/domain/visits/diversion';
import type { Ahead, EnrollmentStatus, StoredVisit } from '../../../workflows/domain/visits/visit';
import type { Tx } from '../../client';
import { isNewerRun } from '../merging/newer-run';

/** What an effect asks about. */
export type Asked = EffectRequest;

export interface VisitRow extends StoredVisit {
  kind: string;
  look: bigint;
  mark: bigint;
  arrivedAt: number;
}

/** All that an effect is decided from, read in one statement after the contact was locked. */
export interface Reading {
  enrollmentId: string;
  contactId: string;
  journeyKey: string;
  versionId: string;
  status: EnrollmentStatus;
  outcome: string | null;
  leaving: string | null;
  leavingCause: Json;
  diverted: Diversion | null;
  ahead: Ahead | null;
  visit: number;
  mark: bigint;
  entry: Record<string, Json>;
  hops: number;
  enteredAt: number;
  fastForwarded: boolean;
  visits: VisitRow[];
  holds: { liftedAt: number | null; spreadMs: number }[];
  /** The contact's, as given. */
  timezone: string | null;
  country: string | null;
  email: string | null;
  phone: string | null;
  owner: string | null;
  /** Its status says held or needs attention, and this effect is not the run that rests there going on. */
  restsElsewhere: boolean;
  /** There is a newer run of the same journey and key: it came by a merge, and made way or was over by then. */
  hasNewerRun: boolean;
  /** The contact's latest turn. */
  lastTurn: bigint;
  /** Turn of the first event accepted at or after the closing visit's deadline. */
  firstLate: bigint | null;
  unprocessed: boolean;
  dbNow: number;
  /** The later of both clocks: what effects work with. */
  at: number;
}

/** The contact moved to another while its lock was awaited: begin again. */
export class ContactChanged extends Error {
  override readonly name = 'ContactChanged';
}

/**
 * Locks the enrollment's contact, then reads in a statement of its own: its snapshot is younger than the wait for the
 * lock. Throws `ContactChanged` when a join moved the enrollment meanwhile.
 */
export async function readUnderLock(tx: Tx, asked: Asked): Promise<Reading> {
  const locked = await tx.$queryRaw<{ id: string }[]>`
    select id from contact where id = (select contact_id from enrollment where id = ${asked.enrollmentId}::uuid)
    for no key update`;
  const reading = await read(tx, asked);
  if (locked[0]?.id !== reading.contactId) throw new ContactChanged();
  return reading;
}

type Raw = Omit<Reading, 'visits' | 'mark' | 'lastTurn' | 'firstLate' | 'at' | 'enrollmentId' | 'restsElsewhere'> & {
  visits: (Omit<VisitRow, 'look' | 'mark'> & { look: string; mark: string })[];
  attentionSince: string | null;
  mark: string;
  lastTurn: string;
  firstLate: string | null;
};

async function read(tx: Tx, asked: Asked): Promise<Reading> {
  const { enrollmentId, visit, stepId, closes } = asked;
  const isTimeout = closes?.outcome === 'timeout';
  const rows = await tx.$queryRaw<Raw[]>`
    select e.contact_id as "contactId", e.journey_key as "journeyKey", e.version_id as "versionId", e.status, e.outcome,
      e.leaving, e.leaving_cause as "leavingCause", e.diverted, e.ahead, e.visit, e.mark::text, e.entry, e.hops, e.fast_forwarded as "fastForwarded", e.attention->>'since' as "attentionSince",
      floor(extract(epoch from e.entered_at) * 1000)::float8 as "enteredAt",
      floor(extract(epoch from clock_timestamp()) * 1000)::float8 as "dbNow",
      c.last_turn::text as "lastTurn", c.timezone, c.country, c.email, c.phone, c.owner,
      (select coalesce(jsonb_agg(jsonb_build_object('visit', v.visit, 'stepId', v.step_id, 'kind', v.kind,
          'outcome', v.outcome, 'look', v.look_turn::text, 'mark', v.mark::text,
          'deadline', extract(epoch from v.deadline) * 1000, 'arrivedAt', extract(epoch from v.arrived_at) * 1000)), '[]')
        from step_visit v where v.enrollment_id = e.id
          and (v.visit between ${visit} - 2 and ${visit} or v.visit between e.visit - 1 and e.visit)) as visits,
      (select coalesce(jsonb_agg(jsonb_build_object('liftedAt', extract(epoch from h.lifted_at) * 1000,
          'spreadMs', h.spread_seconds * 1000)), '[]')
        from hold h where (h.lifted_at is null or h.lifted_at > now() - make_interval(secs => h.spread_seconds))
          and (h.scope = 'system' or h.enrollment_id = e.id or h.contact_id = e.contact_id
            or (h.journey_key = e.journey_key and (h.scope = 'journey' or h.step_id = ${stepId})))) as holds,
      (select min(ev.turn)::text from event ev
        where ${isTimeout} and ev.contact_id = e.contact_id and ev.received_at >= closing.deadline) as "firstLate",
      exists (select 1 from event ev
        where ${isTimeout} and not ev.processed and ev.error is null and ev.received_at < closing.deadline
          and ev.keys && (array['contact:' || e.contact_id]
            || array(select i.kind || ':' || i.value from contact_identity i where i.contact_id = e.contact_id))
      ) as unprocessed,
      exists (select 1 from enrollment y where ${isNewerRun}) as "hasNewerRun"
    from enrollment e
    join contact c on c.id = e.contact_id
    left join lateral (select v.deadline from step_visit v where v.enrollment_id = e.id and v.visit = ${visit} - 1) closing on true
    where e.id = ${enrollmentId}::uuid`;
  const row = rows[0];
  if (!row) throw new Error(`no enrollment ${enrollmentId}`);
  return parse(row, asked);
}

function parse({ attentionSince, ...row }: Raw, { enrollmentId, now, resumes }: Asked): Reading {
  const big = (text: string): bigint => BigInt(text);
  return {
    ...row,
    enrollmentId,
    restsElsewhere: row.status !== 'active' && !isResumed(attentionSince, resumes),
    mark: big(row.mark),
    lastTurn: big(row.lastTurn),
    firstLate: row.firstLate === null ? null : big(row.firstLate),
    visits: row.visits.map((visit) => ({ ...visit, look: big(visit.look), mark: big(visit.mark) })),
    at: Math.max(now, row.dbNow),
  };
}

function isResumed(since: string | null, resumes: number | undefined): boolean {
  return since !== null && Date.parse(since) === resumes;
}

/** The case that the judge decides. */
export function caseOf(reading: Reading, request: Asked): Case {
  const { visits, at, unprocessed } = reading;
  return {
    request,
    standing: reading,
    visits,
    hold: holding(reading.holds, reading.enrollmentId, at),
    unprocessed,
    at,
    deadlineClock: reading.fastForwarded ? at : reading.dbNow,
  };
}

export function visitBefore(reading: Reading, visit: number): VisitRow | undefined {
  return reading.visits.find((row) => row.visit === visit - 1);
}
