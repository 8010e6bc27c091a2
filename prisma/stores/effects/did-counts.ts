import type { DidTest } from '../../../workflows/domain/conditions/condition';
import { didKey } from '../../../workflows/domain/conditions/keys';
import { expandEvent, isBehaviour } from '../../../workflows/domain/events';
import type { JsonObject } from '../../../workflows/domain/json';
import { sinceInstant } from '../../../workflows/domain/timing/duration';
import type { Tx } from '../../client';
import type { EffectContext } from './context';

/** How often the contact did what these tests ask, by `didKey`. Without `where` the database counts, in one statement. */
export async function countDid(
  tx: Tx,
  context: EffectContext,
  tests: readonly DidTest[],
): Promise<Record<string, number>> {
  const plain = tests.filter(({ where }) => isEmpty(where));
  const counts = await countPlain(tx, context, plain);
  for (const test of tests) if (!isEmpty(test.where)) counts[didKey(test)] = await countFiltered(tx, context, test);
  return counts;
}

function isEmpty(where: DidTest['where']): boolean {
  return Object.keys(where ?? {}).length === 0;
}

/** What of a test the database can tell. */
interface Bounds {
  types: string[];
  since: string;
  fromTurn: string;
  /** About messages of this enrollment only. */
  about: boolean;
  /** Those of these steps; null for all of them. */
  steps: string[] | null;
  machines: boolean;
}

function boundsOf(test: DidTest, { reading, zone }: EffectContext): Bounds {
  const { within, since, of, where } = test;
  const steps = of === undefined ? [] : [of].flat();
  return {
    types: expandEvent(test),
    since: within === undefined ? '-infinity' : new Date(sinceInstant(within, reading.at, zone)).toISOString(),
    fromTurn: (since === 'entry' ? reading.mark : -1n).toString(),
    about: of !== undefined,
    // `journey` stands for every message of the journey.
    steps: steps.includes('journey') ? null : steps,
    machines: Object.hasOwn(where ?? {}, 'machine'),
  };
}

async function countPlain(tx: Tx, context: EffectContext, tests: readonly DidTest[]): Promise<Record<string, number>> {
  if (tests.length === 0) return {};
  const { contactId, enrollmentId } = context.reading;
  const asked = JSON.stringify(tests.map((test) => ({ key: didKey(test), ...boundsOf(test, context) })));
  const rows = await tx.$queryRaw<{ key: string; count: number }[]>`
    select t.key, (
      select count(*)::int from event ev
      where ev.contact_id = ${contactId}::uuid and ev.turn > t."fromTurn" and ev.type = any(t.types)
        and ev.received_at >= t.since and ev.properties->'machine' is distinct from 'true'::jsonb
        and (not t.about or exists (
          select 1 from send s where s.id = ev.send_id and s.enrollment_id = ${enrollmentId}::uuid
            and (t.steps is null or s.step_id = any(t.steps))))) as count
    from jsonb_to_recordset(${asked}::jsonb)
      as t(key text, types text[], since timestamptz, "fromTurn" bigint, about boolean, steps text[])`;
  return Object.fromEntries(rows.map(({ key, count }) => [key, count]));
}

/** Events read at once: what a page view says is known only once it is read, and there may be very many. */
const PAGE = 5000;

/** Counts on until it is often enough. */
async function countFiltered(tx: Tx, context: EffectContext, test: DidTest): Promise<number> {
  const bounds = boundsOf(test, context);
  const behaviour = { types: bounds.types, where: test.where ?? null };
  let count = 0;
  for (let after = bounds.fromTurn; ;) {
    const events = await pastEvents(tx, context, { ...bounds, fromTurn: after });
    count += events.filter((event) => isBehaviour(behaviour, event)).length;
    const last = events.at(-1);
    if (!last || events.length < PAGE || count >= (test.times ?? 1)) return count;
    after = last.turn;
  }
}

function pastEvents(
  tx: Tx,
  { reading: { contactId, enrollmentId } }: EffectContext,
  { types, since, fromTurn, about, steps, machines }: Bounds,
): Promise<{ turn: string; type: string; properties: JsonObject }[]> {
  return tx.$queryRaw`
    select ev.turn::text, ev.type, ev.properties from event ev
    where ev.contact_id = ${contactId}::uuid and ev.turn > ${fromTurn}::bigint and ev.type = any(${types})
      and ev.received_at >= ${since}::timestamptz
      and (${machines} or ev.properties->'machine' is distinct from 'true'::jsonb)
      and (not ${about} or exists (
        select 1 from send s where s.id = ev.send_id and s.enrollment_id = ${enrollmentId}::uuid
          and (${steps}::text[] is null or s.step_id = any(${steps}))))
    order by ev.turn limit ${PAGE}`;
}
