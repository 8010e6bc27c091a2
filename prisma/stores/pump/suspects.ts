import { Prisma } from '../../generated/client';
import type { Condition } from '../../../workflows/domain/conditions/condition';
import { needsOf } from '../../../workflows/domain/conditions/needs';
import { expandEvent } from '../../../workflows/domain/events';
import type { DbOrTx, Tx } from '../../client';
import { compileCondition } from '../conditions/compile';
import type { CompileContext } from '../conditions/context';
import { instantSql, startsOf } from '../conditions/zones';

/** A watch as SQL looks for those whose membership and condition disagree. */
export interface Suspecting {
  key: string;
  condition: Condition;
  /** Of the instant that is looked at. */
  context: Omit<CompileContext, 'scope'>;
}

const { sql } = Prisma;
const living = sql`c.merged_into is null and c.erased_at is null`;

/** Of all contacts, so many at most. */
export async function suspectsAmongAll(tx: Tx, it: Suspecting, limit: number): Promise<string[]> {
  const { joins, holds } = compileCondition(it.condition, { ...it.context, scope: 'everybody' });
  return firstOf(
    tx,
    sql`select c.id from contact c ${joins} ${memberOf(it.key)}
      where ${living} and ((${holds}) is true) <> (m.contact_id is not null)`,
    limit,
  );
}

/** Found as if all of them were wanted: for a few of very many PostgreSQL would go from contact to contact. */
async function firstOf(tx: Tx, ids: Prisma.Sql, limit: number): Promise<string[]> {
  const [row] = await tx.$queryRaw<{ ids: string[] }[]>`
    with found as materialized (${ids})
    select array(select id from found limit ${limit}::int) as ids`;
  return row?.ids ?? [];
}

/** Of those who did something that has come over the edge of a period since `from` (epoch milliseconds). */
export async function suspectsAtEdges(tx: Tx, it: Suspecting, from: number): Promise<string[]> {
  const edges = edgesOf(it, from);
  if (edges.length === 0) return [];
  const { joins, holds } = compileCondition(it.condition, { ...it.context, scope: 'few' });
  const rows = await tx.$queryRaw<{ id: string }[]>`
    with near as materialized (${Prisma.join(edges, ' union ')})
    select c.id from near n join contact c on c.id = n.contact_id ${joins} ${memberOf(it.key)}
    where ${living} and ((${holds}) is true) <> (m.contact_id is not null)`;
  return rows.map(({ id }) => id);
}

function memberOf(key: string): Prisma.Sql {
  return sql`left join segment_member m on m.segment_key = ${key} and m.contact_id = c.id`;
}

/** Who did what the tests with a period are about, while it was within then and is not now, in any zone. */
function edgesOf({ condition, context }: Suspecting, from: number): Prisma.Sql[] {
  return periodsOf(condition, context).map(({ types, within }) => {
    const [before, now] = [startsOf(within, from, context), startsOf(within, context.at, context)];
    const first = Math.min(before.usual, ...before.others.map(({ at }) => at));
    const last = Math.max(now.usual, ...now.others.map(({ at }) => at));
    return sql`
      select e.contact_id from event e
      where e.processed and e.type = any(${types}::text[])
        and e.received_at >= ${instantSql(first)} and e.received_at < ${instantSql(last)}`;
  });
}

/** Whether time alone may turn it, beside what decays. */
export function hasPeriods(it: Pick<Suspecting, 'condition' | 'context'>): boolean {
  return periodsOf(it.condition, it.context).length > 0;
}

function periodsOf(condition: Condition, { segments }: Pick<CompileContext, 'segments'>) {
  return needsOf([condition], segments).did.flatMap((test) =>
    test.within === undefined ? [] : [{ types: expandEvent(test), within: test.within }],
  );
}

/** Who was there before the watch began, and whom it held for then, as far as it has not been found; so many at most. */
export async function holdersAtBeginning(tx: Tx, it: Suspecting, limit: number): Promise<string[]> {
  const { joins, holds } = compileCondition(it.condition, { ...it.context, scope: 'everybody' });
  return firstOf(
    tx,
    sql`select c.id from contact c ${joins} ${memberOf(it.key)}
      where ${living} and c.created_at < ${instantSql(it.context.at)} and m.contact_id is null and ${holds}`,
    limit,
  );
}

/**
 * Makes those of them members since its beginning whom it held for then, and for whom it still does: an event may have
 * turned them out meanwhile, and told of it. Answers how many; under their locks.
 */
export function joinAtBeginning(
  tx: DbOrTx,
  it: Suspecting & { now: Suspecting['context'] },
  contactIds: readonly string[],
): Promise<number> {
  const then = compileCondition(it.condition, { ...it.context, scope: 'few' });
  const now = compileCondition(it.condition, { ...it.now, scope: 'few' });
  const ids = [...contactIds];
  const since = instantSql(it.context.at);
  return tx.$executeRaw`
    insert into segment_member (segment_key, contact_id, since)
    select ${it.key}, c.id, ${since} from contact c ${then.joins}
    where c.id = any(${ids}::uuid[]) and ${living} and c.created_at < ${since} and ${then.holds}
      and c.id in (select c.id from contact c ${now.joins} where c.id = any(${ids}::uuid[]) and ${now.holds})
    on conflict do nothing`;
}
