import type { EnrollManyInput } from '../../workflows/contract/enroll-many';
import { normaliseAddress } from '../address';
import { bucketOf } from '../bucket';
import type { IdentityKind } from './contacts';
import { inTransaction, type Db, type DbOrTx, type Tx } from '../client';
import { createJob, type Job } from './jobs';
import { insertInside } from './pump/events';

/** Asks the journey to take these contacts, once for each job and person however often a page is repeated. */
export function requestEntries(
  tx: Tx,
  { jobId, input }: { jobId: string; input: EnrollManyInput },
  contactIds: readonly string[],
): Promise<void> {
  const { journey, by, entry, entryKey } = input;
  const properties = { journey, by, jobId, entry, ...(entryKey !== null && { entryKey }) };
  return insertInside(
    tx,
    contactIds.map((contactId) => ({
      messageId: `${prefixOf(jobId)}${contactId}`,
      type: 'journey.requested',
      contactId,
      bucket: bucketOf(`contact:${contactId}`),
      properties,
      hops: 1,
    })),
  );
}

function prefixOf(jobId: string): string {
  return `journey.requested:${jobId}:`;
}

/** The last event before now, by `seq`. */
export async function lastSeq(db: DbOrTx): Promise<string> {
  const [row] = await db.$queryRaw<{ seq: string }[]>`select coalesce(max(seq), 0)::text as seq from event`;
  return row?.seq ?? '0';
}

/** What came of the people of a list. */
export interface ListedPeople {
  contactIds: string[];
  /** Given, and nobody: by their place in the list, from 0. */
  unknown: number[];
}

/** Whom a list is about; a contact that was joined into another is that one. */
export async function resolvePeople(
  db: DbOrTx,
  { kind, values }: { kind: 'contact' | IdentityKind; values: readonly string[] },
): Promise<ListedPeople> {
  const given = kind === 'email' ? values.map(normaliseAddress) : values;
  const rows = await db.$queryRaw<{ place: number; id: string | null }[]>`
    select (g.place - 1)::int as place, coalesce(c.merged_into, c.id) as id
    from unnest(${[...given]}::text[]) with ordinality as g(value, place)
    left join contact_identity i on i.kind = ${kind} and i.value = g.value
    left join contact c on c.erased_at is null
      and c.id = case when ${kind} = 'contact' then nullif(substring(g.value from '^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$'), '')::uuid else i.contact_id end
    order by g.place`;
  return {
    contactIds: [...new Set(rows.flatMap(({ id }) => id ?? []))],
    unknown: rows.flatMap(({ id, place }) => (id === null ? [place] : [])),
  };
}

/** Writes a job together with whom it is about: all of them, or no job. */
export function createListJob(
  db: Db,
  { input, requestedBy }: { input: EnrollManyInput; requestedBy: string | null },
  { contactIds, unknown }: ListedPeople,
): Promise<Job> {
  return inTransaction(db, async (tx) => {
    const progress = { total: contactIds.length, done: 0, refused: unknown.length };
    const job = await createJob(tx, { kind: 'enroll-many', input: { ...input, who: null }, progress, requestedBy });
    await tx.$executeRaw`
      insert into job_contact (job_id, contact_id) select ${job.id}::uuid, unnest(${contactIds}::uuid[])`;
    await tx.jobRefusal.createMany({
      data: unknown.map((place) => ({ jobId: job.id, subject: String(place), reason: 'There is no such contact.' })),
    });
    return job;
  });
}

/** The next contacts of a job's list, below the id `after`. */
export async function listedContacts(
  db: DbOrTx,
  jobId: string,
  { after, size }: { after: string | null; size: number },
): Promise<{ ids: string[]; next: string | null }> {
  const rows = await db.jobContact.findMany({
    where: { jobId, ...(after !== null && { contactId: { lt: after } }) },
    orderBy: { contactId: 'desc' },
    take: size,
    select: { contactId: true },
  });
  const ids = rows.map(({ contactId }) => contactId);
  return { ids, next: ids.length < size ? null : (ids.at(-1) ?? null) };
}

export interface Backlog {
  /** Events of this job that the pump has not come to. */
  requests: number;
  /** Starts that Temporal has not taken, of all journeys. */
  starts: number;
}

/** How far those who work off what was asked are behind, counted up to `most`. */
export async function backlogOf(db: DbOrTx, jobId: string, most: number): Promise<Backlog> {
  const [row] = await db.$queryRaw<Backlog[]>`
    select
      (select count(*)::int from (
        select 1 from event where not processed and error is null and origin = 'inside'
          and starts_with(message_id, ${prefixOf(jobId)}) limit ${most}::int) r) as requests,
      (select count(*)::int from (
        select 1 from dispatch where kind = 'start' and not parked limit ${most}::int) s) as starts`;
  return row ?? { requests: 0, starts: 0 };
}

export interface EnrolledOf {
  outcome: 'entered' | 'refused';
  reason: string;
  count: number;
  /** Of this outcome, whatever the reason. */
  total: number;
}

/** Reasons shown of one outcome: some name an instant, and are everybody's own. */
const REASONS = 50;

/** What the journey ruled on those asked by events of these `seq`, by reason, the most frequent of each outcome first. */
export function rulingsOf(
  db: DbOrTx,
  jobId: string,
  { after, upTo }: { after: bigint; upTo: bigint },
): Promise<EnrolledOf[]> {
  return db.$queryRaw<EnrolledOf[]>`
    select outcome, reason, count, total from (
      select d.outcome, d.reason, count(*)::int as count, (sum(count(*)) over (partition by d.outcome))::int as total,
        row_number() over (partition by d.outcome order by count(*) desc, d.reason) as place
      from event e
      join decision d on d.contact_id = e.contact_id and d.kind = 'entry' and d.inputs->>'event' = e.seq::text
      where e.seq > ${after} and e.seq <= ${upTo} and e.origin = 'inside' and starts_with(e.message_id, ${prefixOf(jobId)})
      group by 1, 2) r
    where place <= ${REASONS}::int order by outcome, place`;
}
