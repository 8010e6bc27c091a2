import { sendKeyOf } from '../../../../workflows/domain/sending/channel';
import { messageDueAt, type Rival, type Standing } from '../../../../workflows/domain/sending/rival';
import { lookBackMs, type MessageRules } from '../../../../workflows/domain/sending/rules';
import { countedUnderCaps } from '../../../../workflows/domain/sending/state';
import { YIELD_MS, type ClaimCase, type Counted } from '../../../../workflows/domain/sending/verdict';
import type { Tx } from '../../../client';
import { graphOf } from '../graphs';
import type { Asked, Reading } from '../reading';

interface Claimed {
  asked: Asked;
  rules: MessageRules;
  /** Of the enrollment's journey. */
  priority: number;
}

/** What else the contact gets: a message's own row is not among what counts. Nothing is read where no rule asks. */
export async function readCompetition(
  tx: Tx,
  reading: Reading,
  it: Claimed,
): Promise<Pick<ClaimCase, 'counted' | 'rivals' | 'yieldedSince'>> {
  if (lookBackMs(it.rules) === 0) return { counted: [], rivals: [], yieldedSince: null };
  const counted = await readCounted(tx, reading, it);
  const rivals = it.rules.caps.length === 0 ? [] : await readRivals(tx, reading, it);
  const yieldedSince = rivals.length === 0 ? null : await readYielded(tx, it.asked);
  return { counted, rivals, yieldedSince };
}

function readCounted(tx: Tx, { contactId, at }: Reading, { asked, rules }: Claimed): Promise<Counted[]> {
  return tx.$queryRaw<Counted[]>`
    select floor(extract(epoch from claimed_at) * 1000)::float8 as at, channel from send
    where contact_id = ${contactId}::uuid and class = 'marketing' and state = any(${[...countedUnderCaps]})
      and claimed_at > ${new Date(at - lookBackMs(rules))}
      and key <> ${sendKeyOf(asked.enrollmentId, asked.visit, rules.channel)}
    order by claimed_at`;
}

/** Who is held, leaves or needs attention will not send soon. */
async function readRivals(tx: Tx, { contactId, at }: Reading, it: Claimed): Promise<Rival[]> {
  const rows = await tx.$queryRaw<(Standing & { enrollmentId: string; versionId: string })[]>`
    select e.id as "enrollmentId", e.version_id as "versionId", e.visit, e.step_id as "stepId",
      floor(extract(epoch from e.entered_at) * 1000)::float8 as "enteredAt", v.outcome,
      floor(extract(epoch from v.deadline) * 1000)::float8 as deadline,
      (select jsonb_build_object('state', s.state, 'reason', s.reason, 'deferredUntil', floor(extract(epoch from s.deferred_until) * 1000))
        from send s where s.enrollment_id = e.id and s.visit = e.visit and s.channel = ${it.rules.channel}) as send
    from enrollment e left join step_visit v on v.enrollment_id = e.id and v.visit = e.visit
    where e.contact_id = ${contactId}::uuid and e.id <> ${it.asked.enrollmentId}::uuid and e.status = 'active' and e.leaving is null`;
  const rivals: Rival[] = [];
  for (const { enrollmentId, versionId, ...standing } of rows) {
    const graph = await graphOf(tx, versionId);
    if (graph.priority <= it.priority) continue;
    const dueAt = messageDueAt(graph, standing, { channel: it.rules.channel, at });
    if (dueAt !== null && dueAt <= at + YIELD_MS) {
      rivals.push({ enrollmentId, journey: graph.journey, priority: graph.priority, dueAt });
    }
  }
  return rivals.sort((a, b) => a.dueAt - b.dueAt);
}

/** Since when this message lets others go before it: what was decided otherwise in between begins a new time. */
async function readYielded(tx: Tx, { enrollmentId, visit }: Asked): Promise<number | null> {
  const [row] = await tx.$queryRaw<{ since: number | null }[]>`
    select floor(extract(epoch from min(d.at)) * 1000)::float8 as since from decision d
    where d.enrollment_id = ${enrollmentId}::uuid and d.visit = ${visit} and d.kind = 'send'
      and d.ordinal > (select coalesce(max(o.ordinal), -1) from decision o where o.enrollment_id = d.enrollment_id
        and o.visit = d.visit and o.kind = 'send' and o.reason not like 'priority: %')`;
  return row?.since ?? null;
}
