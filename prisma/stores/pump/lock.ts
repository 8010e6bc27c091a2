import type { Tx } from '../../client';
import type { BucketGroup } from './events';

/** Apart from all other advisory locks; the group's number is the second half of the key. */
const PUMP = 0x50554d50;

/** True if this transaction alone now works at the bucket group: until it ends, however it ends. */
export async function tryBucketGroup(tx: Tx, { group }: BucketGroup): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ mine: boolean }[]>`
    select pg_try_advisory_xact_lock(${PUMP}::int, ${group}::int) as mine`;
  return row?.mine === true;
}
