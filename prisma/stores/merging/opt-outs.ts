import { sharedBars, type Bar, type OwnAddress } from '../../../workflows/domain/merging/opt-outs';
import type { JsonObject } from '../../../workflows/domain/json';
import type { Tx } from '../../client';
import { endEnrollments, writeSuppression, type SuppressionReason, type SuppressionScope } from '../suppressions';
import { columnsOf, type JoinRow } from './joining';

interface Addressed extends OwnAddress {
  person: string;
}

/** An opt-out that one of two records brings along: for an address (its hash) that had none. */
export interface OptOutToShare extends Bar {
  into: string;
  source: JsonObject;
  /** When it was said. */
  at: Date;
}

/**
 * The address locks of all who are joined, exclusively and sorted: a begin to one of their addresses either came first or
 * sees the opt-out. Visitors have no address, mostly: then there is nothing to lock.
 */
export async function lockAddresses(tx: Tx, joins: readonly JoinRow[]): Promise<void> {
  const hashes = [...new Set((await readAddresses(tx, joins)).map(({ address }) => address))].sort();
  if (hashes.length === 0) return;
  // One statement each: the order of locks within one is the planner's.
  for (const hash of hashes)
    await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended('address:' || ${hash}, 0))`;
}

/** Under those locks: what one of each two opted out of, and which address of the person that is missing for. */
export async function readOptOutsToShare(tx: Tx, joins: readonly JoinRow[]): Promise<OptOutToShare[]> {
  const addresses = await readAddresses(tx, joins);
  if (addresses.length === 0) return [];
  const rows = await tx.suppression.findMany({
    where: { addressHash: { in: addresses.map(({ address }) => address) } },
    orderBy: [{ createdAt: 'asc' }, { addressHash: 'asc' }, { scope: 'asc' }],
  });
  const bars = rows.map(({ addressHash: address, source, ...row }) => ({
    ...row,
    address,
    source: source as JsonObject,
  })); // written by us, an object
  return joins.flatMap(({ into }) =>
    sharedBars(
      addresses.filter((one) => one.person === into),
      bars,
    ).map((bar) => ({ ...bar, into })),
  );
}

/** Every address and number of those joins in which the record that goes has any. */
async function readAddresses(tx: Tx, joins: readonly JoinRow[]): Promise<Addressed[]> {
  const { from, into } = columnsOf(joins);
  return tx.$queryRaw<Addressed[]>`
    with had as (
      select j.b as person, j.a = x.id as goes, 'email' as channel, address_hash(i.value) as address
      from unnest(${from}::uuid[], ${into}::uuid[]) j(a, b) cross join lateral unnest(array[j.a, j.b]) x(id)
      join contact_identity i on i.contact_id = x.id and i.kind = 'email'
      union
      select j.b, j.a = c.id, 'email', address_hash(c.email)
      from unnest(${from}::uuid[], ${into}::uuid[]) j(a, b) join contact c on c.id in (j.a, j.b) where c.email is not null
      union
      select j.b, j.a = c.id, 'sms', address_hash(c.phone)
      from unnest(${from}::uuid[], ${into}::uuid[]) j(a, b) join contact c on c.id in (j.a, j.b) where c.phone is not null)
    select distinct person, channel, address from had
    where exists (select 1 from had other where other.person = had.person and other.goes)
    order by person, channel, address`;
}

export async function shareOptOuts(tx: Tx, bars: readonly OptOutToShare[], at: Date): Promise<void> {
  for (const { address, channel, source, into, ...bar } of bars) {
    // Columns written by us from values of these types.
    const scope = bar.scope as SuppressionScope;
    const reason = bar.reason as SuppressionReason;
    const told = { ...source, merge: { into, at: at.toISOString() } };
    await writeSuppression(tx, address, { channel, scope, reason, source: told, at: bar.at });
  }
}

/** As where an opt-out comes by itself: the open runs that it concerns leave. Those on a phone go on by other channels. */
export async function endByOptOuts(tx: Tx, bars: readonly OptOutToShare[]): Promise<void> {
  for (const { channel, into, source, ...bar } of bars) {
    if (channel !== 'email') continue;
    const [scope, reason] = [bar.scope as SuppressionScope, bar.reason as SuppressionReason];
    await endEnrollments(tx, [into], { scope, reason, source });
  }
}
