import type { DbOrTx } from '../../client';

/** Several times as long as the sweeper takes to say that it goes on. */
const TAKEN_SECONDS = 120;

/** True if this sweeper alone sweeps segments now, for a while: it has to say that it goes on. */
export async function takeSweep(db: DbOrTx, owner: string): Promise<boolean> {
  const taken = await db.$executeRaw`
    insert into segment_sweep (id, owner, taken_until)
    values (1, ${owner}::uuid, clock_timestamp() + make_interval(secs => ${TAKEN_SECONDS}::int))
    on conflict (id) do update set owner = excluded.owner, taken_until = excluded.taken_until
    where segment_sweep.taken_until < clock_timestamp()`;
  return taken > 0;
}

/** False where another has taken over, because this one stood still for too long. */
export async function goOnSweeping(db: DbOrTx, owner: string): Promise<boolean> {
  const mine = await db.$executeRaw`
    update segment_sweep set taken_until = clock_timestamp() + make_interval(secs => ${TAKEN_SECONDS}::int)
    where id = 1 and owner = ${owner}::uuid`;
  return mine > 0;
}

export async function leaveSweep(db: DbOrTx, owner: string): Promise<void> {
  await db.$executeRaw`
    update segment_sweep set taken_until = clock_timestamp() - interval '1 second'
    where id = 1 and owner = ${owner}::uuid`;
}
