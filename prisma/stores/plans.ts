import { v7 } from 'uuid';
import { holidaysFor } from '../../workflows/domain/timing/holidays';
import { contactZone } from '../../workflows/domain/timing/zone';
import type { StepMapping } from '../../workflows/domain/versions/mapping';
import type { Inside, PlanSummary } from '../../workflows/domain/versions/plan';
import type { Graph } from '../../workflows/journeys/graph';
import type { JourneyPlan } from '../generated/client';
import type { DbOrTx } from '../client';
import { mayHaveGoneOut } from '../../workflows/domain/sending/state';
import { readManyFields } from './effects/fields';
import type { Settings } from './settings';
import { plainJson } from '../../workflows/domain/json';

/** What publishing would do to the people inside, as it was shown. */
export interface StoredPlan {
  id: string;
  journeyKey: string;
  /** Of what would be published. */
  sha256: string;
  publishedId: string | null;
  steps: StepMapping;
  summary: PlanSummary;
  expiresAt: Date;
  createdAt: Date;
}

/** For how long a plan may be applied. */
const VALID_MS = 24 * 3_600_000;

export type NewPlan = Pick<StoredPlan, 'journeyKey' | 'sha256' | 'publishedId' | 'steps' | 'summary'>;

export async function createPlan(db: DbOrTx, plan: NewPlan, at: Date): Promise<StoredPlan> {
  const { steps, summary, ...rest } = plan;
  const json = { steps: { ...steps }, summary: plainJson(summary) };
  const expiresAt = new Date(at.getTime() + VALID_MS);
  return planOf(await db.journeyPlan.create({ data: { id: v7(), ...rest, ...json, expiresAt } }));
}

export async function findPlan(db: DbOrTx, journeyKey: string, id: string): Promise<StoredPlan | null> {
  const row = await db.journeyPlan.findFirst({ where: { id, journeyKey } });
  return row && planOf(row);
}

/** The columns are written by nobody but this file. */
function planOf(row: JourneyPlan): StoredPlan {
  return row as unknown as StoredPlan;
}

/** A version that people are in. */
export interface PeopledVersion {
  id: string;
  number: number;
  graph: Graph;
  people: number;
}

/** Versions of a journey that somebody is in, the newest first. */
export function peopledVersions(db: DbOrTx, journeyKey: string): Promise<PeopledVersion[]> {
  return db.$queryRaw<PeopledVersion[]>`
    select v.id, v.number, v.graph, c.people from (
      select version_id, count(*)::int as people from enrollment
      where journey_key = ${journeyKey} and status <> 'finished' group by version_id) c
    join journey_version v on v.id = c.version_id
    order by v.number desc`;
}

/** Somebody inside, and the version that they are in; `next` is for who knows the graph to say. */
export interface InsideRow extends Omit<Inside, 'next'> {
  versionId: string;
  /** Where a move put them, if nothing was carried out since. */
  ahead: string | null;
}

export interface InsidePage {
  journeyKey: string;
  /** The id that the page before ended with. */
  after: string | null;
  limit: number;
  /** Also read fields: a wait until a date of theirs asks for them. */
  withFields: boolean;
  settings: Pick<Settings, 'defaultZone' | 'holidays'>;
}

interface Raw extends Omit<InsideRow, 'where'> {
  contactId: string;
  timezone: string | null;
  country: string | null;
}

/** The open enrollments of a journey in the order of their ids, one page at a time. */
export async function readInside(db: DbOrTx, page: InsidePage): Promise<InsideRow[]> {
  const { journeyKey, after, limit, settings, withFields } = page;
  const rows = await db.$queryRaw<Raw[]>`
    select e.id, e.contact_id as "contactId", e.version_id as "versionId", e.status, e.leaving is not null as leaving,
      floor(extract(epoch from e.entered_at) * 1000)::float8 as "enteredAt", c.timezone, c.country,
      case when (e.ahead->>'visit')::int = e.visit + 1 then e.ahead->>'stepId' end as ahead,
      case when v.visit is not null then jsonb_build_object('stepId', v.step_id, 'kind', v.kind, 'outcome', v.outcome,
        'arrivedAt', floor(extract(epoch from v.arrived_at) * 1000),
        'deadline', floor(extract(epoch from v.deadline) * 1000)) end as visit,
      v.outcome is null and v.kind <> 'wait' and exists (
        select from send s where s.enrollment_id = e.id and s.visit = e.visit
          and (s.begun > 0 or s.state = any(${[...mayHaveGoneOut]}))) as "wentOut"
    from enrollment e
    join contact c on c.id = e.contact_id
    left join step_visit v on v.enrollment_id = e.id and v.visit = e.visit
    where e.journey_key = ${journeyKey} and e.status <> 'finished' and (${after}::uuid is null or e.id > ${after}::uuid)
    order by e.id limit ${limit}::int`;
  const fields = withFields ? await readManyFields(db, [...new Set(rows.map(({ contactId }) => contactId))]) : null;
  return rows.map(({ contactId, timezone, country, ...row }) => ({
    ...row,
    // No message, no word of it.
    wentOut: row.wentOut === true,
    where: {
      zone: contactZone({ timezone, country }, settings.defaultZone),
      holidayOn: holidaysFor(settings.holidays, country),
      fields: fields?.get(contactId) ?? {},
    },
  }));
}

/** How many people are in versions of the journey other than this one. */
export async function countElsewhere(db: DbOrTx, journeyKey: string, versionId: string): Promise<number> {
  return db.enrollment.count({ where: { journeyKey, versionId: { not: versionId }, status: { not: 'finished' } } });
}
