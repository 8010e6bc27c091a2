import { v7 } from 'uuid';
import { z } from 'zod';
import type { JsonObject } from '../../../workflows/domain/json';
import { Prisma } from '../../generated/client';
import { inTransaction, type Db, type DbOrTx } from '../../client';

/** Who may be asked about. */
export interface ToEnrich {
  /** Only these; null for all of which something is missing. */
  ids: readonly string[] | null;
  /** Only those that nobody has asked about yet, or of which the provider said nothing for an hour. */
  isNew: boolean;
}

const isMissing = Prisma.sql`(name is null or industry is null or company_size is null or country is null)`;

function wanted({ ids, isNew }: ToEnrich): Prisma.Sql {
  return Prisma.sql`merged_into is null and domain is not null
    and ${ids === null ? isMissing : Prisma.sql`id = any(${ids}::uuid[])`}
    and ${isNew ? Prisma.sql`enriched_at is null and (ask_after is null or ask_after <= now())` : Prisma.sql`true`}`;
}

/** By id, above the id `after`. */
export function companiesToEnrich(
  db: DbOrTx,
  which: ToEnrich,
  { after, limit }: { after: string | null; limit: number },
): Promise<{ id: string; domain: string }[]> {
  return db.$queryRaw<{ id: string; domain: string }[]>`
    select id, domain from company
    where ${wanted(which)} and ${after === null ? Prisma.sql`true` : Prisma.sql`id > ${after}::uuid`}
    order by id limit ${limit}::int`;
}

export async function countToEnrich(db: DbOrTx, which: ToEnrich): Promise<number> {
  const [row] = await db.$queryRaw<{ count: number }[]>`
    select count(*)::int as count from company where ${wanted(which)}`;
  return row?.count ?? 0;
}

export async function markAsked(db: DbOrTx, id: string, at: Date): Promise<void> {
  await db.company.update({ where: { id }, data: { enrichedAt: at, askAfter: null } });
}

const HOUR_MS = 3_600_000;

/** It was asked about in vain: so it is, by itself, in an hour. */
export async function askLater(db: DbOrTx, id: string, at: Date): Promise<void> {
  await db.company.update({ where: { id }, data: { askAfter: new Date(at.getTime() + HOUR_MS) } });
}

const facts = z.record(z.string(), z.union([z.string(), z.number()])).nullable();
export type KnownFacts = z.output<typeof facts>;

/** What the provider said before, and still holds: facts, or null for nothing. Undefined where it must be asked. */
export async function readAnswer(
  db: DbOrTx,
  { provider, domain, at }: { provider: string; domain: string; at: Date },
): Promise<KnownFacts | undefined> {
  const row = await db.enrichmentAnswer.findUnique({ where: { provider_domain: { provider, domain } } });
  return row && row.expiresAt > at ? facts.parse(row.answer) : undefined;
}

const DAY_MS = 86_400_000;
const FOUND_MS = 90 * DAY_MS;
const UNKNOWN_MS = 14 * DAY_MS;

/** Keeps an answer: facts for 90 days, that there are none for 14. */
export async function keepAnswer(
  db: DbOrTx,
  { provider, domain, at, answer }: { provider: string; domain: string; at: Date; answer: JsonObject | null },
): Promise<void> {
  const expiresAt = new Date(at.getTime() + (answer === null ? UNKNOWN_MS : FOUND_MS));
  const written = { answer: answer ?? Prisma.DbNull, expiresAt };
  await db.enrichmentAnswer.upsert({
    where: { provider_domain: { provider, domain } },
    create: { provider, domain, ...written },
    update: { ...written, createdAt: at },
  });
}

/**
 * A job over companies that nobody has asked about, unless one is open, one has failed within the hour, or there is none.
 * Its workflow is started by a sweep.
 */
export function openEnrichJob(db: Db): Promise<boolean> {
  return inTransaction(db, async (tx) => {
    // Every worker sweeps: of two at the same time the second one sees the job of the first.
    await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended('enrich', 0))`;
    const [row] = await tx.$queryRaw<{ due: boolean }[]>`
      select exists (select from company where ${wanted({ ids: null, isNew: true })})
        and not exists (select from job where kind = 'enrich' and (state in ('queued', 'running')
          or state = 'failed' and finished_at > now() - interval '1 hour')) as due`;
    if (!row?.due) return false;
    await tx.job.create({
      data: { id: v7(), kind: 'enrich', input: { isNew: true }, progress: {}, requestedBy: null },
    });
    return true;
  });
}
