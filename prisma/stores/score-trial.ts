import { Prisma } from '../generated/client';
import { MAX_HOPS } from '../../workflows/domain/hops';
import type { JsonObject } from '../../workflows/domain/json';
import type { DbOrTx } from '../client';
import { isProcessed } from './processed';

/** What a contact was given points for, or may be. Instants are epoch milliseconds. */
export interface ScoredPast {
  contactId: string;
  /** [at, seq, type, properties], first to last; null where there are more than `most`. */
  events: [at: number, seq: number, type: string, properties: JsonObject][] | null;
  /** By steps and by hand. */
  given: [at: number, axis: 'fit' | 'engagement', points: number, rule: string][];
}

export interface PastsAsked {
  contactIds: readonly string[];
  types: readonly string[];
  /** Names of the properties that are looked at. */
  keys: readonly string[];
  /** Nobody does more than this. */
  most: number;
}

/**
 * These contacts with their events of these types by the instant at which they happened: a row for each contact, since a
 * row for each event would cost more than the counting.
 */
export function readScoredPasts(db: DbOrTx, { contactIds, types, keys, most }: PastsAsked): Promise<ScoredPast[]> {
  // A property that is not there must not seem to be: a name with dots may be one key, or else a path.
  const chosen = Prisma.join(keys.map((key) => Prisma.sql`${key}::text, e.properties->${key}::text`));
  return db.$queryRaw<ScoredPast[]>`
    select p.id as "contactId", coalesce(g.given, '[]') as given,
           case when d.count > ${most}::int then null else coalesce(d.events, '[]') end as events
    from unnest(${contactIds}::uuid[]) p(id)
    left join lateral (
      select count(*)::int as count, json_agg(json_build_array(at, seq, type, properties) order by at, seq) as events
      from (
        select (extract(epoch from least(e.occurred_at, e.received_at)) * 1000)::float8 as at, e.seq, e.type, jsonb_strip_nulls(jsonb_build_object(${chosen})) as properties
        from event e
        where e.contact_id = p.id and ${isProcessed} and e.type = any(${types}::text[])
          and e.hops <= ${MAX_HOPS}::int
        limit ${most}::int + 1) own) d on true
    left join lateral (
      select json_agg(json_build_array((extract(epoch from s.at) * 1000)::float8, s.axis, s.points, s.rule) order by s.at, s.id) as given
      from score_entry s where s.contact_id = p.id and s.kind in ('step', 'hand')) g on true
    order by p.id`;
}
