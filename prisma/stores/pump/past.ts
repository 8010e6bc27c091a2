import type { PastAsk } from '../../../workflows/domain/entries/past';
import type { JsonObject } from '../../../workflows/domain/json';
import { reachMs } from '../../../workflows/domain/timing/duration';
import type { DbOrTx } from '../../client';
import { isProcessed } from '../processed';

export interface PastRow {
  contactId: string;
  seq: bigint;
  type: string;
  properties: JsonObject;
  receivedAt: Date;
  journeyKey: string | null;
  stepId: string | null;
}

export interface PastOf {
  contactId: string;
  asks: readonly PastAsk[];
}

/**
 * The past events that these contacts are asked about, first to last, as far back as asked from `at` (epoch
 * milliseconds); one that several asks are about comes once.
 */
export async function readPast(tx: DbOrTx, wanted: readonly PastOf[], at: number): Promise<PastRow[]> {
  const asks = new Map(wanted.flatMap((one) => one.asks.map((ask) => [JSON.stringify(ask), ask] as const)));
  const numbers = new Map([...asks.keys()].map((key, i) => [key, i]));
  const pairs = wanted.flatMap(({ contactId, asks: own }) =>
    own.map((ask) => ({ contactId, i: numbers.get(JSON.stringify(ask)) ?? -1 })),
  );
  if (pairs.length === 0) return [];
  const rows = JSON.stringify([...asks.values()].map((ask, i) => ({ ...ask, i, since: sinceOf(ask, at) })));
  return tx.$queryRaw<PastRow[]>`
    with ask as materialized (
      select * from jsonb_to_recordset(${rows}::jsonb)
        as x(i int, types text[], since timestamptz, "limit" int, "byPeople" boolean)),
    wanted as (
      select distinct on (p.id, e.seq) p.id, e.*
      from unnest(${pairs.map((pair) => pair.contactId)}::uuid[], ${pairs.map((pair) => pair.i)}::int[]) p(id, i)
      join ask a on a.i = p.i
      cross join lateral (
        select e.seq, e.turn, e.type, e.properties, e.received_at, e.send_id from event e
        where e.contact_id = p.id and ${isProcessed} and e.type = any(a.types) and e.received_at >= a.since
          and (not a."byPeople" or e.properties->'machine' is distinct from 'true'::jsonb)
        order by e.received_at desc limit a."limit") e)
    select w.id as "contactId", w.seq, w.type, w.properties, w.received_at as "receivedAt",
           s.journey_key as "journeyKey", s.step_id as "stepId"
    from wanted w left join send s on s.id = w.send_id
    order by w.id, w.turn`;
}

function sinceOf({ within }: PastAsk, at: number): string {
  return within === null ? '-infinity' : new Date(at - reachMs(within)).toISOString();
}
