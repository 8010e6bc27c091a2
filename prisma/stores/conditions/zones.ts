import { Prisma } from '../../generated/client';
import { sinceInstant } from '../../../workflows/domain/timing/duration';
import { contactZone, type Whereabouts } from '../../../workflows/domain/timing/zone';
import type { DbOrTx } from '../../client';

/** What contacts say of where they are, as `placeSql` puts it, and the zone that it comes to. */
export type Zones = readonly { place: string; zone: string }[];

const { sql } = Prisma;

/** More than there are zones and countries, were something else written past Nurture. */
const MOST_PLACES = 3_000;

/**
 * Every place that contacts live at: few, so each is looked up in an index by itself. What nobody could read is no place,
 * for anybody may write it.
 */
export async function readZones(db: DbOrTx, defaultZone: string): Promise<Zones> {
  const place = placeSql(sql`c`);
  const rows = await db.$queryRaw<{ place: string }[]>`
    with recursive known(place) as (
      (select ${place} from contact c order by ${place} limit 1)
      union all
      select n.place from known k cross join lateral (
        select ${place} as place from contact c where ${place} > k.place order by ${place} limit 1) n)
    select place from known limit ${MOST_PLACES}::int`;
  return rows.map(({ place }) => ({ place, zone: contactZone(whereaboutsOf(place), defaultZone) }));
}

function whereaboutsOf(place: string): Whereabouts {
  return /^[A-Z]{2}$/.test(place) ? { country: place } : { timezone: place };
}

/** By the index `contact_zone`: the time zone, or else the country, as they are spelled once they are read. */
function placeSql(contact: Prisma.Sql): Prisma.Sql {
  return sql`coalesce(case when not jsonb_path_exists(${contact}.origins, '$.timezone.unclear') then ${contact}.timezone end,
    case when ${contact}.country ~ '^[A-Z]{2}$' then ${contact}.country end, '')`;
}

/** Where a period before `at` begins, in epoch milliseconds, for those who live there. */
export interface Starts {
  usual: number;
  /** Days have another length where the clock was changed meanwhile. */
  others: { at: number; places: string[] }[];
}

export function startsOf(period: string, at: number, { zones, defaultZone }: ZonesOf): Starts {
  const byZone = new Map<string, number>();
  const startIn = (zone: string): number => {
    const start = byZone.get(zone) ?? sinceInstant(period, at, zone);
    byZone.set(zone, start);
    return start;
  };
  const places = new Map<number, string[]>([[startIn(contactZone({}, defaultZone)), []]]);
  for (const { place, zone } of zones) {
    const start = startIn(zone);
    const own = places.get(start);
    if (own) own.push(place);
    else places.set(start, [place]);
  }
  const [[usual] = [at], ...others] = [...places].sort(([, a], [, b]) => b.length - a.length);
  return { usual, others: others.map(([start, of]) => ({ at: start, places: of })) };
}

export interface ZonesOf {
  zones: Zones;
  defaultZone: string;
}

/** The start of somebody's period, as an instant in SQL; `contact` is the alias of their row. */
export function startSql({ usual, others }: Starts, contact: Prisma.Sql): Prisma.Sql {
  if (others.length === 0) return instantSql(usual);
  const place = placeSql(contact);
  const cases = others.map(({ at, places }) => sql`when ${place} = any(${places}::text[]) then ${instantSql(at)}`);
  return sql`case ${Prisma.join(cases, ' ')} else ${instantSql(usual)} end`;
}

export function instantSql(at: number): Prisma.Sql {
  return sql`${new Date(at).toISOString()}::timestamptz`;
}
