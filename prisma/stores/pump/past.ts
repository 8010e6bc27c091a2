import type { JsonObject } from '../../../workflows/domain/json';
import type { Tx } from '../../client';

export interface PastRow {
  contactId: string;
  type: string;
  properties: JsonObject;
  receivedAt: Date;
  journeyKey: string | null;
  stepId: string | null;
}

/** How far back conditions of entries look, in events of one contact. */
const LONGEST_PAST = 1000;

/** Past events of these types, the newest thousand of each contact. */
export function readPast(tx: Tx, contactIds: readonly string[], types: readonly string[]): Promise<PastRow[]> {
  return tx.$queryRaw<PastRow[]>`
    select c.id as "contactId", e.type, e.properties, e.received_at as "receivedAt", s.journey_key as "journeyKey",
           s.step_id as "stepId"
    from unnest(${contactIds}::uuid[]) c(id)
    cross join lateral (
      select * from event where contact_id = c.id and processed and type = any(${types}::text[])
      order by turn desc limit ${LONGEST_PAST}::int) e
    left join send s on s.id = e.send_id
    order by c.id, e.turn`;
}
