import { messageDueAt, type Rival } from '../../../domain/sending/rival';
import { lookBackMs, type MessageRules } from '../../../domain/sending/rules';
import { countedUnderCaps } from '../../../domain/sending/state';
import { YIELD_MS, type ClaimCase, type Counted } from '../../../domain/sending/verdict';
import type { Reading } from '../reading';
import type { EnrollmentRow, SendRow } from '../world';

/** What else the contact gets, as far as rules ask; without the message's own row. */
export function readCompetition(
  reading: Reading,
  rules: MessageRules,
  row: SendRow | undefined,
): Pick<ClaimCase, 'counted' | 'rivals' | 'yieldedSince'> {
  if (lookBackMs(rules) === 0) return { counted: [], rivals: [], yieldedSince: null };
  const { at } = reading;
  const rivals = rules.caps.length === 0 ? [] : rivalsOf(reading, rules);
  const yieldedSince = rivals.length === 0 ? null : yieldingSince(reading);
  return { counted: countedOf(reading, at - lookBackMs(rules), row), rivals, yieldedSince };
}

/** What was decided otherwise in between begins a new time. */
function yieldingSince({ world, asked }: Reading): number | null {
  const own = world.decisions.filter(
    ({ enrollmentId, visit, kind }) => enrollmentId === asked.enrollmentId && visit === asked.visit && kind === 'send',
  );
  const other = own.map(({ reason }) => reason.startsWith('priority: ')).lastIndexOf(false);
  return own[other + 1]?.at ?? null;
}

function countedOf({ world, contact }: Reading, since: number, row: SendRow | undefined): Counted[] {
  const counted = world.sends.flatMap((send) => {
    const { claimedAt, channel, state } = send;
    const counts = send.contactId === contact.id && send.class === 'marketing' && countedUnderCaps.includes(state);
    return send !== row && counts && claimedAt !== null && claimedAt > since ? [{ at: claimedAt, channel }] : [];
  });
  return counted.sort((a, b) => a.at - b.at);
}

/** Who is held, leaves or needs attention will not send soon. */
function rivalsOf(reading: Reading, rules: MessageRules): Rival[] {
  const { world, enrollment, graph, at } = reading;
  const others = world.enrollments.filter(
    ({ id, contactId, status, leaving }) =>
      id !== enrollment.id && contactId === enrollment.contactId && status === 'active' && leaving === null,
  );
  const rivals = others.flatMap((other) => rivalFrom(reading, rules, other) ?? []);
  return rivals
    .filter(({ priority, dueAt }) => priority > graph.priority && dueAt <= at + YIELD_MS)
    .sort((a, b) => a.dueAt - b.dueAt);
}

function rivalFrom({ world, at }: Reading, { channel }: MessageRules, other: EnrollmentRow): Rival | null {
  const { id, visit, stepId, enteredAt, versionId } = other;
  const graph = world.graphs.get(versionId);
  if (!graph) return null;
  const row = world.visits.find((one) => one.enrollmentId === id && one.visit === visit);
  const send = world.sends.find((one) => one.enrollmentId === id && one.visit === visit && one.channel === channel);
  const standing = { visit, stepId, enteredAt, outcome: row?.outcome ?? null, deadline: row?.deadline ?? null };
  const dueAt = messageDueAt(graph, { ...standing, send: send ?? null }, { channel, at });
  return dueAt === null ? null : { enrollmentId: id, journey: graph.journey, priority: graph.priority, dueAt };
}
