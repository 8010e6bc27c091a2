import { v7 } from 'uuid';
import { inTransaction, type Db, type Tx } from '../../prisma/client';
import { readZones } from '../../prisma/stores/conditions/zones';
import { isTimeUp } from '../../prisma/database-away';
import { givenTime } from '../../prisma/given-time';
import { lockContacts } from '../../prisma/stores/pump/contacts';
import {
  hasPeriods,
  holdersAtBeginning,
  joinAtBeginning,
  suspectsAmongAll,
  suspectsAtEdges,
  type Suspecting,
} from '../../prisma/stores/pump/suspects';
import { keepWatch, markEdges, markKnown, markLooked, readWatches } from '../../prisma/stores/pump/watches';
import { countWatch, watchesToCount } from '../../prisma/stores/pump/segment-counts';
import { goOnSweeping, leaveSweep, takeSweep } from '../../prisma/stores/pump/sweep-lease';
import { oldestWaiting } from '../../prisma/stores/pump/queue';
import { lockWatching, watchFromNow } from '../../prisma/stores/pump/watching';
import { readSettings } from '../../prisma/stores/settings';
import type { WatchNow } from './fold/subject';
import { judgeSuspects } from './judge-suspects';
import { readRules, type RulesNow, type Versions } from './rules';

export interface SegmentSweepDeps {
  db: Db;
  /** Kept between sweeps. */
  versions: Versions;
  /** The instant that it sweeps for; now unless told otherwise. */
  at?: Date;
  /** Contacts that are judged in one transaction. */
  pageSize?: number;
}

/** A watch as the sweep knows it. Instants are epoch milliseconds. */
export interface Sweepable extends WatchNow {
  edgesAt: number | null;
  lookedAt: number | null;
}

/** A sweep under way: this process alone does it. */
export interface Sweep {
  db: Db;
  rules: RulesNow;
  watches: readonly Sweepable[];
  /** Of its beginning, epoch milliseconds. */
  at: number;
  pageSize: number;
  /** False once another process has taken over. */
  goesOn: () => boolean;
  contextOf: (watch: WatchNow, at: number) => Suspecting['context'];
}

/** One statement that looks at everybody may take so long. */
const STATEMENT_MS = 300_000;
const RENEW_MS = 30_000;
/** Suspects that one statement answers: the next one finds the others. */
const SUSPECTS = 200_000;
/** Contacts who are let in at once when a watch begins. */
const JOINING = 2_000;

/** Runs `work` for all that is watched; null while another process sweeps. */
export async function asSweeper<T>(deps: SegmentSweepDeps, work: (sweep: Sweep) => Promise<T>): Promise<T | null> {
  const { db, versions, at = new Date(), pageSize = 250 } = deps;
  const owner = v7();
  if (!(await takeSweep(db, owner))) return null;
  let mine = true;
  const goOn = async () => void (mine &&= await goOnSweeping(db, owner));
  // One that does not come through is made up for by the next.
  const goingOn = setInterval(() => void goOn().catch(() => undefined), RENEW_MS);
  try {
    const begun = { db, versions, at, pageSize, goesOn: () => mine };
    return await work(await givenTime(db, STATEMENT_MS, (tx) => beginSweep(tx, begun)));
  } finally {
    clearInterval(goingOn);
    await leaveSweep(db, owner);
  }
}

type Begun = Required<SegmentSweepDeps> & Pick<Sweep, 'goesOn'>;

async function beginSweep(tx: Tx, { at, versions, ...deps }: Begun): Promise<Sweep> {
  // What another version of Nurture watches, or means, begins here.
  await lockWatching(tx);
  await watchFromNow(tx, (await readSettings(tx)).settings);
  const rules = await readRules(tx, versions, []);
  const rows = new Map((await readWatches(tx)).map((row) => [row.key, row]));
  const watches = rules.watches.flatMap((watch): Sweepable[] => {
    const row = rows.get(watch.key);
    if (!row) return [];
    const { edgesAt, lookedAt } = row;
    return [{ ...watch, edgesAt: edgesAt?.getTime() ?? null, lookedAt: lookedAt?.getTime() ?? null }];
  });
  const { segments, defaultZone } = rules;
  const zones = watches.length === 0 ? [] : await readZones(tx, defaultZone);
  const contextOf: Sweep['contextOf'] = ({ journey }, instant) => ({
    ...{ zones, defaultZone, segments, journeyKey: journey, at: instant },
  });
  return { ...deps, rules, watches, at: at.getTime(), contextOf };
}

/** Whom a new watch holds for already is a member from its beginning, and enters nothing. */
export async function letIn(sweep: Sweep, watch: Sweepable): Promise<void> {
  const { db, at, contextOf } = sweep;
  const { key, condition, since } = watch;
  const it = {
    key,
    condition,
    context: { ...contextOf(watch, since), upTo: since },
    now: contextOf(watch, Math.max(at, Date.now())),
  };
  for (let found = SUSPECTS, joined = 1; found === SUSPECTS && joined > 0;) {
    const ids = await givenTime(db, STATEMENT_MS, (tx) => holdersAtBeginning(tx, it, SUSPECTS));
    [found, joined] = [ids.length, 0];
    for (let i = 0; i < ids.length; i += JOINING) {
      const page = ids.slice(i, i + JOINING);
      joined += await inTransaction(db, async (tx) => {
        await lockContacts(tx, page);
        return (await keepWatch(tx, watch)) ? joinAtBeginning(tx, it, page) : 0;
      });
    }
  }
  await markKnown(db, watch);
}

/** Turns what time alone has turned since the last time: of those whose events came over the edge of a period. */
export async function sweepEdges(sweep: Sweep, watch: Sweepable): Promise<number> {
  const { db, at, contextOf } = sweep;
  const { key, condition } = watch;
  const from = watch.edgesAt ?? watch.since;
  const it = { key, condition, context: contextOf(watch, at) };
  if (from >= at || !hasPeriods(it)) return 0;
  const oldest = (await oldestWaiting(db)) ?? at;
  const suspects = await givenTime(db, STATEMENT_MS, (tx) => suspectsAtEdges(tx, it, from));
  const { turned, waiting } = await judgeSuspects({ ...sweep, watch }, suspects);
  // What waits in the queue may yet have come over an edge since it was received, and who waits for it be turned by one.
  const until = Math.min(at, oldest);
  if (waiting === 0 && until > from) await markEdges(db, watch, new Date(until));
  return turned;
}

/** Looks at everybody: finds what decays, and whatever no event told of. One that takes too long waits for its next turn. */
export async function sweepAll(sweep: Sweep, watch: Sweepable): Promise<number> {
  const { db, at, contextOf } = sweep;
  const it = { key: watch.key, condition: watch.condition, context: contextOf(watch, at) };
  let turned = 0;
  for (let found = SUSPECTS, now = 1; found === SUSPECTS && now > 0;) {
    const suspects = await inTime(db, (tx) => suspectsAmongAll(tx, it, SUSPECTS));
    now = (await judgeSuspects({ ...sweep, watch }, suspects)).turned;
    found = suspects.length;
    turned += now;
  }
  await markLooked(db, watch, new Date(at));
  return turned;
}

/** What has turned for anybody, and how its people are counted. */
export async function toCount({ db }: Sweep): Promise<{ key: string; count: () => Promise<void> }[]> {
  const keys = await watchesToCount(db);
  return keys.map((key) => ({ key, count: () => countWatch(db, key, STATEMENT_MS) }));
}

/** Counts the people of what has turned for anybody. */
export async function recount(sweep: Sweep): Promise<void> {
  for (const { count } of await toCount(sweep)) await count();
}

async function inTime(db: Db, find: (tx: Tx) => Promise<string[]>): Promise<string[]> {
  try {
    return await givenTime(db, STATEMENT_MS, find);
  } catch (error) {
    if (isTimeUp(error)) return [];
    throw error;
  }
}

/** Everything at once, for tests and for whoever cannot wait. Answers how many turned. */
export async function sweepSegments(deps: SegmentSweepDeps): Promise<number> {
  const turned = await asSweeper(deps, async (sweep) => {
    let count = 0;
    for (const watch of sweep.watches) {
      if (!watch.known) await letIn(sweep, watch);
      else count += await sweepEdges(sweep, watch);
      count += await sweepAll(sweep, watch);
    }
    await recount(sweep);
    return count;
  });
  return turned ?? 0;
}
