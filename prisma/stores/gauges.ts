import type { Db } from '../client';

/** What waits, by name and label; ages are in seconds, 0 when nothing waits. */
export interface Gauge {
  name: GaugeName;
  /** A kind or a status, where the gauge has several values. */
  label: string | null;
  value: number;
}

export type GaugeName =
  | 'events_unprocessed'
  | 'events_oldest_seconds'
  | 'events_set_aside'
  | 'dispatch_owed'
  | 'dispatch_oldest_seconds'
  | 'dispatch_parked'
  | 'sends_unknown'
  | 'sends_deferred'
  | 'enrollments_open'
  | 'circuits_open';

/** One statement; each part reads a partial index that holds only what waits. */
export function readGauges(db: Db): Promise<Gauge[]> {
  return db.$queryRaw<Gauge[]>`
    with unprocessed as (
      select (select count(*) from event where not processed and error is null) as n,
             (select received_at from event where not processed and error is null order by seq limit 1) as oldest),
    owed as (select kind, count(*) as n, min(created_at) as oldest from dispatch where not parked group by kind),
    open as (select status, count(*) as n from enrollment where status <> 'finished' group by status),
    gauge as (
      select 'events_unprocessed' as name, null as label, n::float8 as value from unprocessed
      union all select 'events_oldest_seconds', null, extract(epoch from clock_timestamp() - oldest) from unprocessed
      union all select 'events_set_aside', null, count(*) from event where not processed and error is not null
      union all select 'dispatch_owed', k.kind, o.n
        from unnest(array['start', 'wake', 'released']) k(kind) left join owed o using (kind)
      union all select 'dispatch_oldest_seconds', null, extract(epoch from clock_timestamp() - min(oldest)) from owed
      union all select 'dispatch_parked', null, count(*) from dispatch where parked
      union all select 'sends_unknown', null, count(*) from send where state = 'unknown'
      union all select 'sends_deferred', null, count(*) from send where state = 'deferred'
      union all select 'enrollments_open', s.status, o.n
        from unnest(array['active', 'held', 'needs_attention']) s(status) left join open o using (status)
      union all select 'circuits_open', null, count(*) from circuit)
    select name, label, greatest(coalesce(value, 0), 0)::float8 as value from gauge`;
}
