import { v7 } from 'uuid';
import type { DbOrTx, Tx } from '../client';
import { restartAllGone } from './effects/restart';
import { lockContacts } from './pump/contacts';
import { insertDecisions } from './pump/decisions';

/** What a job does to the people in other versions of a journey; the row's `input`. */
export interface MoveInput {
  journey: string;
  /** Where they are to go. */
  versionId: string;
  number: number;
  plan: string;
  people: 'move' | 'end';
  steps: Record<string, string | null>;
}

/** Whose turn it is. */
export interface Movable {
  id: string;
  /** Its start reached Temporal. */
  started: boolean;
  /** Its workflow was ended outside of Nurture. */
  gone: boolean;
}

interface Picking {
  jobId: string;
  input: Pick<MoveInput, 'journey' | 'versionId'>;
  /** The id that the page before ended with. */
  after: string | null;
  limit: number;
}

/** The next people in another version, who neither leave already nor were refused before, in the order of their ids. */
export function pickMovable(db: DbOrTx, { jobId, input, after, limit }: Picking): Promise<{ id: string }[]> {
  return db.$queryRaw<{ id: string }[]>`
    select e.id from enrollment e
    where e.journey_key = ${input.journey} and e.status <> 'finished' and e.leaving is null
      and e.version_id <> ${input.versionId}::uuid and (${after}::uuid is null or e.id > ${after}::uuid)
      and not exists (select from job_refusal r where r.job_id = ${jobId}::uuid and r.subject = e.id::text)
    order by e.id limit ${limit}::int`;
}

/** Those of these who are still to be moved. */
export function readMovable(
  db: DbOrTx,
  ids: readonly string[],
  { versionId }: Pick<MoveInput, 'versionId'>,
): Promise<Movable[]> {
  return db.$queryRaw<Movable[]>`
    select id, started, coalesce(attention->>'code' = 'workflow-gone', false) as gone from enrollment
    where id = any(${ids}::uuid[]) and status <> 'finished' and leaving is null and version_id <> ${versionId}::uuid
    order by id`;
}

/** What became of somebody. `stays`: still to be moved; with the reason where the version has no place for them. */
export interface MoveState {
  id: string;
  state: 'moved' | 'ended' | 'left' | 'stays';
  refused: string | null;
}

export function readMoveStates(
  db: DbOrTx,
  ids: readonly string[],
  { versionId, jobId }: { versionId: string; jobId: string },
): Promise<MoveState[]> {
  return db.$queryRaw<MoveState[]>`
    select e.id,
      case when e.version_id = ${versionId}::uuid then 'moved'
           when e.leaving = 'ended-by-plan' then 'ended'
           when e.status = 'finished' or e.leaving is not null then 'left'
           else 'stays' end as state,
      (select d.reason from decision d
        where d.enrollment_id = e.id and d.kind = 'move' and d.outcome = 'unmoved' and d.inputs->>'jobId' = ${jobId}
        order by d.visit desc, d.ordinal desc limit 1) as refused
    from enrollment e where e.id = any(${ids}::uuid[])`;
}

/** The version that a journey lets people into now. */
export async function publishedVersion(db: DbOrTx, journey: string): Promise<string | null> {
  return (await db.journey.findUnique({ where: { key: journey }, select: { publishedId: true } }))?.publishedId ?? null;
}

interface Ending {
  id: string;
  contactId: string;
  stepId: string | null;
  visit: number;
}

/** Has them leave, unless they do already, and wakes them. Answers how many. */
export async function endPeople(
  tx: Tx,
  ids: readonly string[],
  { jobId, input, at }: { jobId: string; input: MoveInput; at: Date },
): Promise<number> {
  const contacts = await tx.enrollment.findMany({ where: { id: { in: [...ids] } }, select: { contactId: true } });
  await lockContacts(tx, [...new Set(contacts.map(({ contactId }) => contactId))]);
  const detail = `ended by the plan of version ${input.number}`;
  const cause = { kind: 'plan', detail, jobId };
  const ended = await tx.$queryRaw<Ending[]>`
    update enrollment set leaving = 'ended-by-plan', leaving_cause = ${JSON.stringify(cause)}::jsonb
    where id = any(${ids}::uuid[]) and status <> 'finished' and leaving is null
    returning id, contact_id as "contactId", step_id as "stepId", visit`;
  const common = { kind: 'exit', outcome: 'ended-by-plan', reason: detail, inputs: cause, at: at.getTime() };
  await insertDecisions(
    tx,
    ended.map(({ id: enrollmentId, ...where }) => ({
      ...{ id: v7(), enrollmentId, journeyKey: input.journey },
      ...where,
      ...common,
    })),
  );
  await restartAllGone(tx, ids);
  // Who has no workflow any more is brought back, to leave: its start is owed already.
  await tx.$executeRaw`
    insert into dispatch (enrollment_id, workflow_id, kind, outcome)
    select e.id, e.journey_key || '/' || e.id, 'wake', 'leave' from enrollment e
    where e.id = any(${ended.map(({ id }) => id)}::uuid[])
      and not exists (select from dispatch d where d.workflow_id = e.journey_key || '/' || e.id and d.kind = 'start' and d.outcome = 'restart')
    order by e.id`;
  return ended.length;
}
