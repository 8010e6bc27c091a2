import type { Condition, Segments } from '../../workflows/domain/conditions/condition';
import { spellOut } from '../../workflows/domain/conditions/spell-out';
import type { EventGroups } from '../../workflows/domain/events';
import type { DbOrTx } from '../client';

/** The saved segments by key, with what the groups of the settings stand for now. */
export async function readSegments(db: DbOrTx, groups: EventGroups): Promise<Segments> {
  const rows = await db.$queryRaw<{ key: string; condition: Condition }[]>`select key, condition from segment`;
  return Object.fromEntries(rows.map(({ key, condition }) => [key, spellOut(condition, groups)]));
}
