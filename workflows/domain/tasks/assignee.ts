import { ownerAmong, teamInStead, type Staff } from '../staff';
import type { Json } from '../json';

/** Whose a task is: a rep's, or a team's of which somebody takes it. Both null where nobody is named. */
export interface Assignee {
  /** The rep's key, or the contact's `owner` as it is written where no rep has that name. */
  owner: string | null;
  team: string | null;
}

/** `to` is `owner`, or the key of a team. What belongs to nobody is the team's that stands in for owners. */
export function assigneeOf(to: string, { owner, ...staff }: Staff & { owner: Json | undefined }): Assignee {
  if (to !== 'owner') return { owner: null, team: to };
  const name = typeof owner === 'string' ? owner.trim() : '';
  if (name === '') return { owner: null, team: teamInStead(staff.teams)?.key ?? null };
  return { owner: ownerAmong(staff.reps, name)?.key ?? name, team: null };
}
