import { Prisma } from '../../generated/client';
import { sinceInstant } from '../../../workflows/domain/timing/duration';
import { contactZone } from '../../../workflows/domain/timing/zone';
import type { DbOrTx } from '../../client';

/** What contacts say of where they are, as `place` spells it, and the zone that it comes to. */
export type Zones = readonly { place: string; zone: string }[];

const { sql } = Prisma;

/** Every pair of time zone and country that contacts have: few, so each is looked up in an index by itself. */
export async function readZones(db: DbOrTx, defaultZone: string): Promise<Zones> {
  const rows = await db.$queryRaw<{ timezone: string; country: string }[]>`
    with recursive place(timezone, country) as (
      (select coalesce(timezone, ''), coalesce(country, '') from contact
       order by coalesce(timezone, ''), coalesce(country, '') limit 1)
      union all
      select n.timezone, n.country from place p cross join lateral (
        select coalesce(c.timezone, '') as timezone, coalesce(c.country, '') as country from contact c
        where (coalesce(c.timezone, ''), coalesce(c.country, '')) > (p.timezone, p.country)
        order by coalesce(c.timezone, ''), coalesce(c.country, '') limit 1) n)
    select * from place`;
  return rows.map((row) => ({ place: row.timezone + SEPARATOR + row.country, zone: contactZone(row, defaultZone) }));
}

const SEPARATOR = '\u001f';

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
  const place = sql`(coalesce(${contact}.timezone, '') || ${SEPARATOR}::text || coalesce(${contact}.country, ''))`;
  const cases = others.map(({ at, places }) => sql`when ${place} = any(${places}::text[]) then ${instantSql(at)}`);
  return sql`case ${Prisma.join(cases, ' ')} else ${instantSql(usual)} end`;
}

export function instantSql(at: number): Prisma.Sql {
  return sql`${new Date(at).toISOString()}::timestamptz`;
}
