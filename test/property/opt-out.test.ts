import { createDb, inTransaction, type Db } from '../../prisma/client';
import { applyMailFact } from '../../prisma/stores/mail-facts';
import { suppress } from '../../prisma/stores/suppressions';
import { unsubscribe } from '../../prisma/stores/unsubscribe';
import type { EffectRequest } from '../../workflows/contract/effects';
import { freshDatabase, type TestDatabase } from '../support/database';
import { anAttempt, beginBy, claimBy, publishAll, somebody, type Somebody } from './support/people';

/** Races of each road, so many of them at once. */
const RACES = Number(process.env['PROPERTY_RACES'] ?? 500);
const AT_ONCE = 8;

let database: TestDatabase;
let db: Db;
beforeAll(async () => {
  database = await freshDatabase();
  db = createDb(database.url, { poolSize: 2 * AT_ONCE + 2 });
  await publishAll(db);
});
afterAll(async () => {
  await db.$disconnect();
  await database.drop();
});

/** How an opt-out may come: what is prepared, and what then races. */
const roads: Record<string, (of: Somebody) => Promise<() => Promise<unknown>>> = {
  link:
    async ({ token }) =>
    () =>
      unsubscribe(db, token, { from: 'topic', oneClick: true, at: new Date() }),
  'a second contact with the address': async ({ email }) => {
    const { token } = await somebody(db, 'one-wait', email);
    return () => unsubscribe(db, token, { from: 'all', oneClick: false, at: new Date() });
  },
  'a webhook':
    async ({ email, enrollmentId }) =>
    () =>
      applyMailFact(db, {
        ...{ provider: 'test', dedupKey: enrollmentId, type: 'spamreport', payload: {}, sendId: null },
        ...{ providerMessageId: null, address: email, at: new Date(), state: null },
        event: { type: 'email.complained', properties: {} },
        optOut: { scope: 'global', reason: 'complained' },
      }),
  'the address alone':
    async ({ email }) =>
    () =>
      inTransaction(db, (tx) =>
        suppress(tx, { of: { address: email }, channel: 'email', scope: 'global', reason: 'unsubscribed', source: {} }),
      ),
};

interface Raced {
  how: 'called' | 'stopped at the begin' | 'stopped at the claim';
  /** The begin of the call committed after the opt-out. */
  broken: boolean;
}

test.each(Object.keys(roads))(
  'no call begun after an opt-out by %s',
  async (road) => {
    const raced: Raced[] = [];
    for (let done = 0; done < RACES; done += AT_ONCE) {
      raced.push(...(await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => race(road, done + index)))));
    }
    expect(raced.filter(({ broken }) => broken)).toEqual([]);
    // All three happen, or the two did not race at all.
    const ways = new Set(raced.map(({ how }) => how));
    expect([...ways].sort()).toEqual(['called', 'stopped at the begin', 'stopped at the claim']);
  },
  180_000,
);

async function race(road: string, index: number): Promise<Raced> {
  const who = await somebody(db, 'clicks');
  const optOut = await roads[road]?.(who);
  const request = { enrollmentId: who.enrollmentId, visit: 1, stepId: 'mail', closes: null, now: Date.now() };
  // Each of the two is let ahead by up to a dozen round trips.
  const [sent] = await Promise.all([after(index % 7, () => send(request)), after(index % 23, async () => optOut?.())]);
  if (sent.begunBy === null) return { how: sent.how, broken: false };
  const [row] = await db.$queryRaw<{ broken: boolean }[]>`
    select bool_and(pg_xact_commit_timestamp(${sent.begunBy}::xid) > pg_xact_commit_timestamp(xmin)) as broken
    from suppression where address_hash = address_hash(${who.email})`;
  return { how: sent.how, broken: row?.broken ?? true };
}

async function send(request: EffectRequest): Promise<{ how: Raced['how']; begunBy: string | null }> {
  const attempt = anAttempt();
  const claimed = await claimBy(db, request, attempt);
  if (claimed.kind !== 'go') return { how: 'stopped at the claim', begunBy: null };
  const { answer, xid } = await beginBy(db, request, attempt);
  return answer.kind === 'go' ? { how: 'called', begunBy: xid } : { how: 'stopped at the begin', begunBy: null };
}

async function after<T>(roundTrips: number, act: () => Promise<T>): Promise<T> {
  for (let i = 0; i < roundTrips; i += 1) await db.$queryRaw`select 1`;
  return act();
}
