import type { Json } from '../../../workflows/domain/json';
import { lookBack, type AwaitedBehaviour, type PastEvent, type Won } from '../../../workflows/domain/visits/look-back';
import type { Tx } from '../../client';
import type { Reading } from './reading';

interface LookingBack {
  awaited: readonly AwaitedBehaviour[];
  deadline: number | null;
  /** Events read at once: a page can be viewed very often. */
  page?: number;
}

/**
 * The first processed event by turn that is one of the behaviours; null if there is none. Read page by page: what a
 * candidate says is known only once it is read.
 */
export async function findPast(
  tx: Tx,
  reading: Reading,
  { awaited, deadline, page = 5000 }: LookingBack,
): Promise<Won | null> {
  if (awaited.length === 0) return null;
  for (let after = 0n; ;) {
    const events = await pastEvents(tx, reading, { awaited, deadline, after, page });
    const won = lookBack(awaited, events, deadline);
    const last = events.at(-1);
    if (won || !last || events.length < page) return won;
    after = last.turn;
  }
}

/** Candidates in turn order; those that have won a visit of this enrollment, or diverted it, are left out. */
async function pastEvents(
  tx: Tx,
  { contactId, enrollmentId, diverted }: Reading,
  { awaited, deadline, after, page }: Required<LookingBack> & { after: bigint },
): Promise<PastEvent[]> {
  const bound = deadline === null ? null : new Date(deadline);
  const rows = await tx.$queryRaw<Raw[]>`
    select distinct on (ev.turn) ev.seq::text, ev.turn::text, ev.type, ev.properties, s.step_id as "ofStep",
      floor(extract(epoch from ev.received_at) * 1000)::float8 as "receivedAt"
    from jsonb_to_recordset(${JSON.stringify(awaited.map(bounds))}::jsonb)
      as b(types text[], of_steps text[], turn bigint, instant timestamptz)
    join event ev on ev.contact_id = ${contactId}::uuid and ev.type = any(b.types) and ev.turn > greatest(b.turn, ${after})
      and (b.instant is null or ev.received_at >= b.instant)
      and (${bound}::timestamptz is null or ev.received_at < ${bound})
    left join send s on s.id = ev.send_id and s.enrollment_id = ${enrollmentId}::uuid
    where (cardinality(b.of_steps) = 0 or s.step_id = any(b.of_steps))
      and not exists (select 1 from step_visit v where v.enrollment_id = ${enrollmentId}::uuid and v.winner_seq = ev.seq)
      and ev.seq is distinct from ${diverted?.seq ?? null}::bigint
    order by ev.turn
    limit ${page}`;
  return rows.map((row) => ({ ...row, seq: BigInt(row.seq), turn: BigInt(row.turn) }));
}

type Raw = Omit<PastEvent, 'seq' | 'turn'> & { seq: string; turn: string; properties: Record<string, Json> };

/** A behaviour about a message has no lower turn: its send says which visit it belongs to. */
function bounds({ types, of, since }: AwaitedBehaviour) {
  const ofMessage = of.length > 0;
  return {
    types,
    of_steps: of,
    turn: !ofMessage && 'turn' in since ? since.turn.toString() : '0',
    instant: !ofMessage && 'instant' in since ? new Date(since.instant).toISOString() : null,
  };
}

/** Turn of the contact's first event accepted at or after a deadline; null if there is none. */
export async function firstLateTurn(tx: Tx, contactId: string, deadline: number): Promise<bigint | null> {
  const rows = await tx.$queryRaw<{ turn: string | null }[]>`
    select min(turn)::text as turn from event
    where contact_id = ${contactId}::uuid and received_at >= ${new Date(deadline)}`;
  const turn = rows[0]?.turn ?? null;
  return turn === null ? null : BigInt(turn);
}
