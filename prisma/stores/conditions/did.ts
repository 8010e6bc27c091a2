import { Prisma } from '../../generated/client';
import type { DidTest } from '../../../workflows/domain/conditions/condition';
import { expandEvent } from '../../../workflows/domain/events';
import { isProcessed } from '../processed';
import type { CompileContext, Compiling } from './context';
import { jsonAt, jsonValue, passesSql } from './value';
import { instantSql, startsOf, startSql, type Starts } from './zones';

const { sql } = Prisma;

/** Whether the contact `c` did it often enough: true or false, never null. */
export function didSql(test: DidTest, it: Compiling): Prisma.Sql {
  const { times = 1, within } = test;
  const starts = within === undefined ? null : startsOf(within, it.at, it);
  const parts = partsOf(test, it);
  if (it.scope === 'few') return oftenEnough(times, [isProcessed, ...parts, ...sincePart(starts, sql`c`)]);
  if (times <= 1 && it.decides) {
    const own = [sql`e.processed`, ...parts, ...sincePart(starts, sql`c`)];
    return sql`exists (select from event e where e.contact_id = c.id and ${Prisma.join(own, ' and ')})`;
  }
  const doers = often(times, { starts, parts: [sql`e.processed`, ...parts] });
  if (!it.decides) return sql`(${it.joins.addAnother(sql`(${doers})`)}.contact_id is not null)`;
  return sql`exists (select from (${doers}) o where o.contact_id = c.id)`;
}

/** Counted for each contact by itself: of an `exists` PostgreSQL may make one reading of all events. */
function oftenEnough(times: number, parts: Prisma.Sql[]): Prisma.Sql {
  return sql`(select count(*) from (
    select from event e where e.contact_id = c.id and ${Prisma.join(parts, ' and ')} limit ${times}::int) o) >= ${times}::int`;
}

/** Everybody who did it so often, counted once for all. */
function often(times: number, { starts, parts }: { starts: Starts | null; parts: Prisma.Sql[] }): Prisma.Sql {
  const isOneForAll = starts === null || starts.others.length === 0;
  const all = [...parts, ...sincePart(starts, sql`z`)];
  return sql`select e.contact_id from event e ${isOneForAll ? Prisma.empty : sql`join contact z on z.id = e.contact_id`}
    where ${Prisma.join(all, ' and ')} group by e.contact_id having count(*) >= ${times}::int`;
}

function partsOf(test: DidTest, { upTo, journeyKey }: CompileContext): Prisma.Sql[] {
  const { where = {}, of } = test;
  const byPeople = !Object.hasOwn(where, 'machine');
  return [
    sql`e.type = any(${expandEvent(test)}::text[])`,
    ...(byPeople ? [sql`e.properties -> 'machine' is distinct from 'true'::jsonb`] : []),
    ...(upTo === undefined ? [] : [sql`e.received_at <= ${instantSql(upTo)}`]),
    ...(of === undefined ? [] : [aboutSql([of].flat(), journeyKey)]),
    ...Object.entries(where).map(([path, part]) =>
      passesSql(typeof part === 'object' ? part : { is: part }, jsonValue(jsonAt(sql`e.properties`, path))),
    ),
  ];
}

/** The earliest start is one that an index knows what to do with. */
function sincePart(starts: Starts | null, contact: Prisma.Sql): Prisma.Sql[] {
  if (starts === null) return [];
  const earliest = Math.min(starts.usual, ...starts.others.map(({ at }) => at));
  const own = starts.others.length === 0 ? [] : [sql`e.received_at >= ${startSql(starts, contact)}`];
  return [sql`e.received_at >= ${instantSql(earliest)}`, ...own];
}

function aboutSql(steps: readonly string[], journeyKey: string | null): Prisma.Sql {
  if (journeyKey === null) return sql`false`;
  return sql`exists (select from send s where s.id = e.send_id and s.journey_key = ${journeyKey}
    ${steps.includes('journey') ? Prisma.empty : sql`and s.step_id = any(${[...steps]}::text[])`})`;
}
