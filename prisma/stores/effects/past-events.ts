import type { Json } from '../../../workflows/domain/json';
import type { AwaitedBehaviour, PastEvent } from '../../../workflows/domain/visits/look-back';
import type { Tx } from '../../client';
import type { Reading } from './reading';

/** Beyond this many candidates only the first by turn matter; a page can be viewed very often. */
const MOST = 5000;

/** Processed events that a look-back may find; those that have won a visit of this enrollment are left out. */
export async function pastEvents(
  tx: Tx,
  { contactId, enrollmentId }: Reading,
  awaited: readonly AwaitedBehaviour[],
): Promise<PastEvent[]> {
  if (awaited.length === 0) return [];
  const rows = await tx.$queryRaw<Raw[]>`
    select distinct on (ev.turn) ev.seq::text, ev.turn::text, ev.type, ev.properties, s.step_id as "ofStep",
      floor(extract(epoch from ev.received_at) * 1000)::float8 as "receivedAt"
    from jsonb_to_recordset(${JSON.stringify(awaited.map(bounds))}::jsonb)
      as b(types text[], of_steps text[], turn bigint, instant timestamptz)
    join event ev on ev.contact_id = ${contactId}::uuid and ev.type = any(b.types) and ev.turn > b.turn
      and (b.instant is null or ev.received_at >= b.instant)
    left join send s on s.id = ev.send_id and s.enrollment_id = ${enrollmentId}::uuid
    where (cardinality(b.of_steps) = 0 or s.step_id = any(b.of_steps))
      and not exists (select 1 from step_visit v where v.enrollment_id = ${enrollmentId}::uuid and v.winner_seq = ev.seq)
    order by ev.turn
    limit ${MOST}`;
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
