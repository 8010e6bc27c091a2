import { byMoment } from '../../../workflows/domain/scoring/moments';
import type { ScoreInput } from '../../../workflows/domain/scoring/state';
import type { Axis } from '../../../workflows/domain/scoring/model';
import type { JsonObject } from '../../../workflows/domain/json';
import { MAX_HOPS } from '../../../workflows/domain/hops';
import type { DbOrTx } from '../../client';
import { isProcessed } from '../processed';

export interface InputsAsked {
  /** Event types. */
  types: ReadonlySet<string>;
  /** Those of them that hold however long ago they came. */
  lasting: readonly string[];
  /** What the ledger says of fit; without it fit is to be judged anew. */
  fit: boolean;
  /** Epoch milliseconds: nothing later. */
  until?: number;
}

/** All that these contacts' scores are made of, in the order of its instants. Two statements, however many they are. */
export async function readScoreInputs(
  db: DbOrTx,
  contactIds: readonly string[],
  { types, lasting, fit, until }: InputsAsked,
): Promise<Map<string, ScoreInput[]>> {
  const inputs = new Map(contactIds.map((id) => [id, [] as ScoreInput[]]));
  if (contactIds.length === 0) return inputs;
  const to = until === undefined ? null : new Date(until);
  const events = await readEvents(db, contactIds, { types: [...types], to });
  const cut = [...countBy(events)].flatMap(([id, count]) => (count >= MOST_EVENTS ? id : []));
  for (const { contactId, at, ...event } of [...events, ...(await readOlder(db, cut, { lasting, to, events }))]) {
    inputs.get(contactId)?.push({ kind: 'event', at: at.getTime(), ...event });
  }
  for (const row of await readGiven(db, contactIds, { fit, to })) inputs.get(row.contactId)?.push(inputOf(row));
  for (const own of inputs.values()) own.sort(byMoment);
  return inputs;
}

interface EventInput {
  contactId: string;
  at: Date;
  seq: bigint;
  type: string;
  properties: JsonObject;
}

/**
 * Whoever does more than this is no person, and nobody else is to wait while all of it is counted again: of more the
 * newest count.
 */
const MOST_EVENTS = 20_000;

function countBy(events: readonly EventInput[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { contactId } of events) counts.set(contactId, (counts.get(contactId) ?? 0) + 1);
  return counts;
}

/** What was cut off and holds all the same: who opted out long ago has not agreed since by looking at many pages. */
async function readOlder(
  db: DbOrTx,
  contactIds: readonly string[],
  { lasting, to, events }: { lasting: readonly string[]; to: Date | null; events: readonly EventInput[] },
): Promise<EventInput[]> {
  if (contactIds.length === 0) return [];
  const known = new Set(events.map(({ seq }) => seq));
  const all = await readEvents(db, contactIds, { types: [...lasting], to });
  return all.filter(({ seq }) => !known.has(seq));
}

/** An event that claims to come from the future counts when it came. */
function readEvents(
  db: DbOrTx,
  contactIds: readonly string[],
  { types, to }: { types: string[]; to: Date | null },
): Promise<EventInput[]> {
  if (types.length === 0) return Promise.resolve([]);
  return db.$queryRaw<EventInput[]>`
    select p.id as "contactId", e.at, e.seq, e.type, e.properties
    from unnest(${contactIds}::uuid[]) p(id)
    cross join lateral (
      select least(e.occurred_at, e.received_at) as at, e.seq, e.type, e.properties
      from event e
      where e.contact_id = p.id and ${isProcessed} and e.type = any(${types}::text[])
        and e.hops <= ${MAX_HOPS}::int and (${to}::timestamptz is null or least(e.occurred_at, e.received_at) <= ${to})
      order by e.turn desc limit ${MOST_EVENTS}::int) e
    order by p.id, e.at, e.seq`;
}

interface GivenRow {
  contactId: string;
  kind: string;
  axis: Axis;
  group: string;
  rule: string;
  points: number;
  at: Date;
}

function readGiven(
  db: DbOrTx,
  contactIds: readonly string[],
  { fit, to }: { fit: boolean; to: Date | null },
): Promise<GivenRow[]> {
  const kinds = fit ? ['step', 'hand', 'fit'] : ['step', 'hand'];
  return db.$queryRaw<GivenRow[]>`
    select contact_id as "contactId", kind, axis, "group", rule, points, at from score_entry
    where contact_id = any(${contactIds}::uuid[]) and kind = any(${kinds}::text[])
      and (${to}::timestamptz is null or at <= ${to})
    order by contact_id, at, id`;
}

function inputOf({ kind, axis, group, rule, points, at: instant }: GivenRow): ScoreInput {
  const at = instant.getTime();
  return kind === 'fit' ? { kind, at, group, rule, points } : { kind: 'given', at, axis, points, rule };
}
