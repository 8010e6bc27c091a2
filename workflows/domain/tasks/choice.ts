import type { JsonObject } from '../json';
import type { PlannedTask, TaskRule } from './task';

/** What the decision says about a task: whose it is and why, and when it is due. */
export function taskChoice(
  { to }: TaskRule,
  { owner, team, dueAt }: PlannedTask,
): { outcome: 'opened'; reason: string; inputs: JsonObject } {
  const due = dueAt === null ? null : new Date(dueAt).toISOString();
  const whose = owner ?? (team === null ? 'nobody' : `the team ${team}`);
  const because = to === 'owner' && owner === null ? ': the contact has no owner' : '';
  const reason = `for ${whose}${because}${due === null ? '' : `; due ${due}`}`;
  return { outcome: 'opened', reason, inputs: { owner, team, due } };
}
