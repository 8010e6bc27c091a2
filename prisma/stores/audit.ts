import { v7 } from 'uuid';
import type { JsonObject } from '../../workflows/domain/json';
import { Prisma } from '../generated/client';
import type { DbOrTx } from '../client';

export interface AuditEntry {
  /** Who: the key that the request came with. */
  apiKeyId: string;
  /** The route, such as `POST /v1/journeys/:key/publish`. */
  action: string;
  /** What it was done to: the first part of the path, and the id in it. */
  subjectKind: string;
  subjectId: string;
  /** No personal data: names of fields, ids, keys. */
  detail: JsonObject;
  at: Date;
}

export interface AuditRow extends AuditEntry {
  id: string;
  /** The key's name; null for one that is not there any more. */
  apiKeyName: string | null;
}

export async function writeAudit(db: DbOrTx, entry: AuditEntry): Promise<void> {
  await db.audit.create({ data: { id: v7(), ...entry } });
}

export interface AuditFilter {
  apiKeyId?: string | undefined;
  subjectKind?: string | undefined;
  subjectId?: string | undefined;
}

/** What people changed, newest first, below the id `after`. */
export function listAudit(
  db: DbOrTx,
  { apiKeyId, subjectKind, subjectId }: AuditFilter,
  { after, limit }: { after: string | null; limit: number },
): Promise<AuditRow[]> {
  const conditions = [
    Prisma.sql`true`,
    ...(apiKeyId === undefined ? [] : [Prisma.sql`a.api_key_id = ${apiKeyId}::uuid`]),
    ...(subjectKind === undefined ? [] : [Prisma.sql`a.subject_kind = ${subjectKind}`]),
    ...(subjectId === undefined ? [] : [Prisma.sql`a.subject_id = ${subjectId}`]),
    ...(after === null ? [] : [Prisma.sql`a.id < ${after}::uuid`]),
  ];
  return db.$queryRaw<AuditRow[]>`
    SELECT a.id, a.api_key_id AS "apiKeyId", k.name AS "apiKeyName", a.action, a.subject_kind AS "subjectKind",
           a.subject_id AS "subjectId", a.detail, a.at
    FROM audit a LEFT JOIN api_key k ON k.id = a.api_key_id
    WHERE ${Prisma.join(conditions, ' AND ')} ORDER BY a.id DESC LIMIT ${limit}`;
}
