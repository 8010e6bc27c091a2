import {
  broughtBars,
  saidAgain,
  sharedBars,
  type Bar,
  type RecordAddress,
} from '../../../workflows/domain/merging/opt-outs';
import { personKey } from '../../../workflows/domain/sending/opt-out';
import type { JsonObject } from '../../../workflows/domain/json';
import type { Tx } from '../../client';
import { Prisma } from '../../generated/client';
import { addressesSql, lockAddresses } from '../addresses';
import { endEnrollments, writeSuppression, type SuppressionReason, type SuppressionScope } from '../suppressions';
import { columnsOf, type JoinRow } from './joining';

interface Standing extends Bar {
  source: JsonObject;
}

/** What two records that become one bring to each other. */
export interface OptOutsToShare {
  /** For an address (its hash) or person that had none. */
  missing: (Standing & { into: string })[];
  /** By the record whose journeys it ends. */
  ending: { record: string; bar: Standing }[];
  /** What is told of as said again. */
  again: { into: string; scope: string; at: number }[];
}

/**
 * What one of each two opted out of, and which address of the person that is missing for. Takes the address locks of all
 * to whom something is brought, exclusively and sorted: a begin to one of their addresses either came first or sees the
 * opt-out. Visitors have no address, mostly, and said nothing: then there is nothing to lock.
 */
export async function readOptOutsToShare(tx: Tx, joins: readonly JoinRow[]): Promise<OptOutsToShare> {
  const pairs = await readAddresses(tx, joins);
  await lockAddresses(
    tx,
    pairs.flatMap(({ hashes, brings }) => (brings ? hashes.map(({ address }) => address) : [])),
  );
  const all = pairs.map(({ join, hashes, brings }) => ({ join, brings, own: [...hashes, ...personsOf(join)] }));
  const bars = await readBars(
    tx,
    all.flatMap(({ own }) => own.map(({ address }) => address)),
  );
  const brought = all.map(({ join, own }) => ({ join, ending: broughtBars(own, bars) }));
  const ending = brought.flatMap((one) => one.ending);
  const backAt = await readBackAt(
    tx,
    ending.map(({ record }) => record),
  );
  const again = brought.map((one) => ({ ...one, said: saidAgain(one.ending, backAt) }));
  return {
    missing: all.flatMap(({ join: { into, from }, brings, own }, i) => {
      const said = again[i]?.said ?? [];
      // As if the record that goes had just said it: so every row of the person is as of then.
      const repeated = said.map((bar) => ({ ...bar, address: personKey(from) }));
      return brings || said.length > 0 ? sharedBars(own, [...bars, ...repeated]).map((bar) => ({ ...bar, into })) : [];
    }),
    ending,
    again: again.flatMap(({ join: { into }, said }) => said.map(({ scope, at }) => ({ into, scope, at }))),
  };
}

/** By record, when they last came back from an opt-out of theirs. */
async function readBackAt(tx: Tx, records: readonly string[]): Promise<Map<string, number>> {
  if (records.length === 0) return new Map();
  const rows = await tx.$queryRaw<{ record: string; at: number }[]>`
    select contact_id as record, (extract(epoch from max(received_at)) * 1000)::float8 as at from event
    where contact_id = any(${records}::uuid[]) and type = 'contact.resubscribed' and processed group by contact_id`;
  return new Map(rows.map(({ record, at }) => [record, at]));
}

function personsOf({ from, into }: JoinRow): RecordAddress[] {
  return ['email', 'sms'].flatMap((channel) => [
    { channel, address: personKey(from), record: from, goes: true },
    { channel, address: personKey(into), record: into },
  ]);
}

async function readBars(tx: Tx, keys: string[]): Promise<Standing[]> {
  const rows = await tx.suppression.findMany({
    where: { addressHash: { in: keys } },
    orderBy: [{ createdAt: 'asc' }, { addressHash: 'asc' }, { scope: 'asc' }],
  });
  return rows.map(({ addressHash: address, channel, scope, reason, source, at }) => {
    return { address, channel, scope, reason, source: source as JsonObject, at: at.getTime() }; // written by us, an object
  });
}

interface Pair {
  join: JoinRow;
  /** Every address and number of both, by its hash. */
  hashes: RecordAddress[];
  /** The record that goes has an address, or has said something. */
  brings: boolean;
}

async function readAddresses(tx: Tx, joins: readonly JoinRow[]): Promise<Pair[]> {
  const { from, into } = columnsOf(joins);
  const rows = await tx.$queryRaw<RecordAddress[]>`
    with people as (select unnest(${[...from, ...into]}::uuid[]) as id)
    select person as record, channel, hash as address from (${addressesSql(Prisma.sql`people`)}) a
    order by person, channel, hash`;
  const saying = await tx.suppression.findMany({
    where: { addressHash: { in: from.map(personKey) } },
    select: { addressHash: true },
  });
  return joins.map((join) => {
    const hashes = rows.filter(({ record }) => record === join.from || record === join.into);
    const says = saying.some(({ addressHash }) => addressHash === personKey(join.from));
    return { join, hashes, brings: says || hashes.some(({ record }) => record === join.from) };
  });
}

/** Nothing is left that names a record that goes. */
export async function shareOptOuts(
  tx: Tx,
  joins: readonly JoinRow[],
  it: { missing: OptOutsToShare['missing']; at: Date },
): Promise<void> {
  for (const { address, channel, source, into, ...bar } of it.missing) {
    // Columns written by us from values of these types.
    const scope = bar.scope as SuppressionScope;
    const reason = bar.reason as SuppressionReason;
    const told = { ...source, merge: { into, at: it.at.toISOString() } };
    await writeSuppression(tx, address, { channel, scope, reason, source: told, at: new Date(bar.at) });
  }
  await tx.suppression.deleteMany({ where: { addressHash: { in: joins.map(({ from }) => personKey(from)) } } });
}

/**
 * As where an opt-out comes by itself: the open runs that it concerns leave. Those on a phone go on by other channels. Call
 * it before the runs change hands.
 */
export async function endByOptOuts(tx: Tx, joins: readonly JoinRow[], ending: OptOutsToShare['ending']): Promise<void> {
  const byMail = ending.filter(({ bar }) => bar.channel === 'email');
  if (byMail.length === 0) return;
  await lockRuns(tx, joins);
  for (const { record, bar } of byMail) {
    const [scope, reason] = [bar.scope as SuppressionScope, bar.reason as SuppressionReason];
    await endEnrollments(tx, [record], { scope, reason, source: bar.source });
  }
}

/** All at once, in their order: one after the other would be out of it. */
async function lockRuns(tx: Tx, joins: readonly JoinRow[]): Promise<void> {
  const { from, into } = columnsOf(joins);
  await tx.$executeRaw`
    select id from enrollment where contact_id = any(${[...from, ...into]}::uuid[]) order by id for update`;
}
