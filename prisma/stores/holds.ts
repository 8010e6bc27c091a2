import { v7 } from 'uuid';
import { Prisma } from '../generated/client';
import { inTransaction, type Db, type DbOrTx, type Tx } from '../client';

/** What a pause holds. */
export type HoldTarget =
  | { scope: 'system' }
  | { scope: 'journey'; journeyKey: string }
  | { scope: 'step'; journeyKey: string; stepId: string }
  | { scope: 'contact'; contactId: string }
  | { scope: 'enrollment'; enrollmentId: string };

export interface ActiveHold {
  reason: string;
  createdAt: Date;
}

/** The oldest pause in force on exactly this target. */
export function activeHold(db: DbOrTx, target: HoldTarget): Promise<ActiveHold | null> {
  return db.hold.findFirst({
    where: { ...target, liftedAt: null },
    orderBy: { createdAt: 'asc' },
    select: { reason: true, createdAt: true },
  });
}

/** Who pauses or resumes: an API key; null for nobody in particular. */
interface By {
  by: string | null;
}

/** Holds everything of the target in place from now on. A second pause of the same changes nothing. */
export async function pause(db: Db, target: HoldTarget, { reason, by }: By & { reason: string }): Promise<ActiveHold> {
  return inTransaction(db, async (tx) => {
    const present = await lockTarget(tx, target);
    const known = await activeHold(tx, present);
    const data = { id: v7(), ...present, reason, createdBy: by };
    return known ?? tx.hold.create({ data, select: { reason: true, createdAt: true } });
  });
}

export interface HoldRow {
  id: string;
  scope: HoldTarget['scope'];
  journeyKey: string | null;
  stepId: string | null;
  contactId: string | null;
  enrollmentId: string | null;
  reason: string;
  createdAt: Date;
  createdBy: string | null;
  liftedAt: Date | null;
  liftedBy: string | null;
  spreadSeconds: number;
}

export interface HoldFilter {
  /** In force, or lifted. */
  active?: boolean | undefined;
  scope?: HoldTarget['scope'] | undefined;
  journeyKey?: string | undefined;
  contactId?: string | undefined;
  enrollmentId?: string | undefined;
}

/** Pauses that were ever made, newest first, below the id `after`. */
export async function listHolds(
  db: DbOrTx,
  { active, ...of }: HoldFilter,
  { after, limit }: { after: string | null; limit: number },
): Promise<HoldRow[]> {
  const scoped = Object.fromEntries(Object.entries(of).filter(([, value]) => value !== undefined));
  const inForce = active === undefined ? {} : { liftedAt: active ? null : { not: null } };
  const rows = await db.hold.findMany({
    where: { ...scoped, ...inForce, ...(after !== null && { id: { lt: after } }) },
    orderBy: { id: 'desc' },
    take: limit,
  });
  return rows.map((row) => ({ ...row, scope: row.scope as HoldRow['scope'] }));
}

const CHUNK = 500;

/**
 * Lifts every pause of exactly this target, and wakes who is held: they ask again, so one that something else still
 * holds is held again. `spreadSeconds`: over how long they are let go. Answers how many were woken.
 */
export async function resume(db: Db, target: HoldTarget, release: By & { spreadSeconds: number }): Promise<number> {
  const present = await lift(db, target, release);
  let released = 0;
  for (let last: string | null = null; ;) {
    const chunk = await inTransaction(db, (tx) => letGo(tx, present, last));
    released += chunk.released;
    if (chunk.last === null) return released;
    last = chunk.last;
  }
}

/** A held answer that is being written has its contact's lock: wait for it, or it would be missed until the sweep. */
function lift(db: Db, given: HoldTarget, { spreadSeconds, by }: By & { spreadSeconds: number }): Promise<HoldTarget> {
  return inTransaction(db, async (tx) => {
    const target = await lockTarget(tx, given);
    const scope = Object.entries(columnsOf(target)).map(([column, value]) => equals(column, value));
    await tx.$executeRaw`
      UPDATE hold SET lifted_at = clock_timestamp(), spread_seconds = ${spreadSeconds}, lifted_by = ${by}::uuid
      WHERE lifted_at IS NULL AND ${Prisma.join([equals('scope', target.scope), ...scope], ' AND ')}`;
    return target;
  });
}

/** Locks the contact that a pause is about, if it is about one. Who was joined into another meanwhile is the other. */
async function lockTarget(tx: Tx, target: HoldTarget): Promise<HoldTarget> {
  if (target.scope !== 'contact' && target.scope !== 'enrollment') return target;
  for (;;) {
    const found = await contactOf(tx, target);
    if (found === null) return target;
    await lockContacts(tx, [found]);
    if ((await contactOf(tx, target)) === found)
      return target.scope === 'contact' ? { scope: 'contact', contactId: found } : target;
  }
}

async function contactOf(tx: Tx, target: HoldTarget): Promise<string | null> {
  const [row] =
    target.scope === 'contact'
      ? await tx.$queryRaw<{ id: string }[]>`
          SELECT coalesce(merged_into, id) AS id FROM contact WHERE id = ${target.contactId}::uuid`
      : await tx.$queryRaw<{ id: string }[]>`
          SELECT contact_id AS id FROM enrollment
          WHERE id = ${target.scope === 'enrollment' ? target.enrollmentId : null}::uuid`;
  return row?.id ?? null;
}

async function letGo(
  tx: Tx,
  target: HoldTarget,
  after: string | null,
): Promise<{ released: number; last: string | null }> {
  const concerned = Object.entries(enrollmentColumns(target)).map(([column, value]) => equals(column, value));
  const held = await tx.$queryRaw<{ id: string; contact_id: string }[]>`
    SELECT id, contact_id FROM enrollment
    WHERE ${Prisma.join([Prisma.sql`status = 'held'`, ...concerned], ' AND ')} AND (${after}::uuid IS NULL OR id > ${after}::uuid)
    ORDER BY id LIMIT ${CHUNK}`;
  await lockContacts(
    tx,
    held.map((row) => row.contact_id),
  );
  const released = await tx.$executeRaw`
    WITH freed AS (
      UPDATE enrollment SET status = 'active' WHERE id = ANY(${held.map(({ id }) => id)}::uuid[]) AND status = 'held'
      RETURNING id, journey_key)
    INSERT INTO dispatch (enrollment_id, workflow_id, kind)
    SELECT id, journey_key || '/' || id, 'released' FROM freed ORDER BY id`;
  return { released, last: held.length < CHUNK ? null : (held.at(-1)?.id ?? null) };
}

async function lockContacts(tx: Tx, ids: readonly string[]): Promise<void> {
  await tx.$queryRaw`SELECT id FROM contact WHERE id = ANY(${[...ids]}::uuid[]) ORDER BY id FOR NO KEY UPDATE`;
}

/** A step's pause concerns whoever of its journey is held: where they were going is not written anywhere. */
function enrollmentColumns(target: HoldTarget): Columns {
  if (target.scope === 'enrollment') return { id: target.enrollmentId };
  const { contact_id, journey_key } = columnsOf(target);
  return { ...(contact_id && { contact_id }), ...(journey_key && { journey_key }) };
}

type Columns = Partial<Record<'id' | 'journey_key' | 'step_id' | 'contact_id' | 'enrollment_id', string>>;

function columnsOf(target: HoldTarget): Columns {
  switch (target.scope) {
    case 'system':
      return {};
    case 'journey':
      return { journey_key: target.journeyKey };
    case 'step':
      return { journey_key: target.journeyKey, step_id: target.stepId };
    case 'contact':
      return { contact_id: target.contactId };
    case 'enrollment':
      return { enrollment_id: target.enrollmentId };
  }
}

/** Column names are ours, values are not. */
function equals(column: string, value: string): Prisma.Sql {
  const cast = column === 'scope' || column === 'journey_key' || column === 'step_id' ? 'text' : 'uuid';
  return Prisma.sql`${Prisma.raw(column)} = ${value}::${Prisma.raw(cast)}`;
}
