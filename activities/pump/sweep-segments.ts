import { bucketOf } from '../../prisma/bucket';
import { inTransaction, type Db, type Tx } from '../../prisma/client';
import { readKnown, type KnownContact } from '../../prisma/stores/known';
import { lockContacts } from '../../prisma/stores/pump/contacts';
import { insertInside } from '../../prisma/stores/pump/events';
import {
  endSweepPage,
  nextSweepPage,
  readMembers,
  restartSweep,
  syncWatches,
  trySweepLock,
  writeTurns,
  type TurnRow,
} from '../../prisma/stores/pump/watches';
import { evaluate } from '../../workflows/domain/conditions/evaluate';
import { needsOf } from '../../workflows/domain/conditions/needs';
import { factsOf } from '../../workflows/domain/entries/known';
import { turnEvent } from '../../workflows/domain/entries/turn-event';
import { contactZone } from '../../workflows/domain/timing/zone';
import type { Rules, WatchNow } from './fold/subject';
import { readRules, type Versions } from './rules';

export interface SegmentSweepDeps {
  db: Db;
  /** Kept between sweeps. */
  versions: Versions;
  /** The instant that it sweeps for; now unless told otherwise. */
  at?: Date;
  /** Contacts of one transaction. */
  pageSize?: number;
}

export type SegmentPage =
  /** Nothing is watched, or another process sweeps. */
  | { kind: 'idle' }
  | {
      kind: 'swept';
      looked: number;
      turned: number;
      /** The pass over all contacts is over. */
      atEnd: boolean;
      /** Some watch has not looked at everybody yet. */
      unknown: boolean;
    };

/** Looks at the next page of contacts, and tells of the conditions that time or a lost event has turned for them. */
export function sweepSegmentPage(deps: SegmentSweepDeps): Promise<SegmentPage> {
  const at = deps.at ?? new Date();
  return inTransaction(deps.db, async (tx) => {
    if (!(await trySweepLock(tx))) return { kind: 'idle' };
    const watched = (await readRules(tx, deps.versions, [])).watches;
    if (await syncWatches(tx, watched, at)) await restartSweep(tx, at);
    if (watched.length === 0) return { kind: 'idle' };
    const rules = await readRules(tx, deps.versions, []);
    const page = await nextSweepPage(tx, { limit: deps.pageSize ?? 250, at });
    const turned = await turnPage({ tx, rules, at: at.getTime() }, page.contactIds);
    const unknown = rules.watches.some(({ known }) => !known);
    await endSweepPage(tx, { next: page.next, at });
    return { kind: 'swept', looked: page.contactIds.length, turned, atEnd: page.next === null, unknown };
  });
}

/** Whole passes until everybody has been looked at since `at`: for tests and for whoever cannot wait. */
export async function sweepSegments(deps: SegmentSweepDeps): Promise<number> {
  for (let turned = 0, passes = 0; ;) {
    const page = await sweepSegmentPage(deps);
    if (page.kind === 'idle') return turned;
    turned += page.turned;
    if (page.atEnd) passes += 1;
    if (page.atEnd && (!page.unknown || passes > 1)) return turned;
  }
}

interface Sweeping {
  tx: Tx;
  rules: Rules;
  at: number;
}

/** Whom nothing seems to turn for is not locked; the others are read again under their locks. */
async function turnPage(it: Sweeping, contactIds: readonly string[]): Promise<number> {
  const suspects = (await turnsOf(it, contactIds)).map(({ contactId }) => contactId);
  if (suspects.length === 0) return 0;
  const ids = [...new Set(suspects)];
  await lockContacts(it.tx, ids);
  const turns = await turnsOf(it, ids);
  await writeTurns(it.tx, turns);
  await insertInside(
    it.tx,
    turns.flatMap((turn) => eventOf(turn, it)),
  );
  return turns.filter(({ silent }) => !silent).length;
}

interface FoundTurn extends TurnRow {
  watch: WatchNow;
  /** It held already when the watch began. */
  silent: boolean;
}

async function turnsOf({ tx, rules, at }: Sweeping, contactIds: readonly string[]): Promise<FoundTurn[]> {
  const needs = needsOf(
    rules.watches.map(({ condition }) => condition),
    rules.segments,
  );
  const known = await readKnown(tx, contactIds, { needs, at });
  const members = new Set((await readMembers(tx, contactIds)).map(({ contactId, key }) => `${contactId} ${key}`));
  return known
    .filter(({ erased }) => !erased)
    .flatMap((contact) =>
      rules.watches.flatMap((watch) => {
        const isMember = members.has(`${contact.id} ${watch.key}`);
        return turnOf({ contact, watch, isMember, rules, at });
      }),
    );
}

interface Looked {
  contact: KnownContact;
  watch: WatchNow;
  isMember: boolean;
  rules: Rules;
  at: number;
}

/** For a watch that has not looked at everybody yet it matters how things were when it began. */
function turnOf({ contact, watch, isMember, rules, at }: Looked): FoundTurn[] {
  const { key, since, known } = watch;
  const turn = { key, contactId: contact.id, watch };
  if (known || since === null) {
    const holds = holdsFor(contact, { watch, rules, at });
    return holds === isMember ? [] : [{ ...turn, holds, at, silent: false }];
  }
  if (isMember || contact.createdAt >= since) return [];
  const before = { ...contact, past: contact.past.filter(({ receivedAt }) => receivedAt <= since) };
  return holdsFor(before, { watch, rules, at: since }) ? [{ ...turn, holds: true, at: since, silent: true }] : [];
}

function holdsFor(contact: KnownContact, it: { watch: WatchNow; rules: Rules; at: number }): boolean {
  const { condition, journey } = it.watch;
  const { segments, defaultZone } = it.rules;
  const zone = contactZone(contact.contact, defaultZone);
  const asked = { condition, segments, journeyKey: journey, properties: {}, at: it.at, zone };
  return evaluate(condition, factsOf(contact, asked)).holds;
}

function eventOf({ watch, contactId, holds, silent }: FoundTurn, { at }: Sweeping) {
  const cause = new Date(at).toISOString();
  const told = silent ? null : turnEvent(watch, { contactId, holds, cause, because: 'time' });
  // Time is something outside: what follows from it is one event away.
  return told ? [{ ...told, contactId, bucket: bucketOf(`contact:${contactId}`), hops: 1 }] : [];
}
