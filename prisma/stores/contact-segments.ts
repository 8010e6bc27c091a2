import { builtInSegments, nameOfBuiltIn } from '../../workflows/domain/conditions/segments';
import type { DbOrTx } from '../client';

export interface SegmentOfContact {
  key: string;
  name: string;
  /** Since when they are in it; the beginning of the watch where they were in it already then. */
  since: Date;
}

/** The watched segments that a contact is in, by key. */
export async function segmentsOfContact(db: DbOrTx, contactId: string): Promise<SegmentOfContact[]> {
  const rows = await db.$queryRaw<(Omit<SegmentOfContact, 'name'> & { name: string | null })[]>`
    select m.segment_key as key, s.name, m.since
    from segment_member m left join segment s on s.key = m.segment_key
    where m.contact_id = ${contactId}::uuid
      and (s.key is not null or m.segment_key = any(${Object.keys(builtInSegments)}::text[]))
    order by m.segment_key collate "C"`;
  return rows.map((row) => ({ ...row, name: row.name ?? nameOfBuiltIn(row.key) }));
}
