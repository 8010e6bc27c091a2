import { v7 } from 'uuid';
import { addressHash } from '../../../prisma/address';
import type { Db } from '../../../prisma/client';
import { underLock, type EffectDeps } from '../../../prisma/stores/effects/context';
import { arrive } from '../../../prisma/stores/effects/arrive';
import { begin } from '../../../prisma/stores/effects/send/begin';
import { saveBody } from '../../../prisma/stores/effects/send/body';
import type { Attempt } from '../../../prisma/stores/effects/send/attempt';
import { claim, type ClaimAnswer } from '../../../prisma/stores/effects/send/claim';
import { newToken } from '../../../prisma/stores/links';
import { defaultSettings } from '../../../prisma/stores/settings';
import type { EffectRequest } from '../../../workflows/contract/effects';
import { poll } from '../../support/poll';
import { graphs, versionIdOf, type JourneyKey } from './journeys';

/** Somebody in one of the test's journeys, with a link to unsubscribe by. */
export interface Somebody {
  contactId: string;
  enrollmentId: string;
  email: string;
  token: string;
  journey: JourneyKey;
}

export async function publishAll(db: Db): Promise<void> {
  await db.journeyVersion.createMany({
    data: [...graphs].map(([key, graph]) => ({
      ...{ id: versionIdOf(key), journeyKey: key, number: 1, source: '', document: {}, sha256: '' },
      graph: JSON.parse(JSON.stringify(graph)),
    })),
  });
}

export async function somebody(db: Db, journey: JourneyKey, email = `${v7()}@example.com`): Promise<Somebody> {
  const [contactId, enrollmentId, token] = [v7(), v7(), newToken()];
  await db.contact.create({ data: { id: contactId, email } });
  const link = { token, addressHash: addressHash(email), contactId, sendId: contactId, topic: 'education' };
  await db.unsubscribeLink.create({ data: link });
  const of = { id: enrollmentId, journeyKey: journey, versionId: versionIdOf(journey), contactId };
  const position = { n: 1, entryTurn: 0n, enteredAt: new Date(), started: true, fastForwarded: true };
  await db.enrollment.create({ data: { ...of, ...position } });
  return { contactId, enrollmentId, email, token, journey };
}

export function depsOf(db: Db): EffectDeps {
  return { db, settings: async () => defaultSettings };
}

export function anAttempt(idempotent = false): Attempt {
  return { id: v7(), channel: 'email', transport: 'test', idempotent, graceMs: 60_000 };
}

export function arriveBy(db: Db, asked: EffectRequest) {
  return underLock(depsOf(db), asked, (tx, context) => arrive(tx, context, asked));
}

export async function claimBy(db: Db, asked: EffectRequest, attempt: Attempt): Promise<ClaimAnswer> {
  const answer = await underLock(depsOf(db), asked, (tx, context) => claim(tx, context, { asked, attempt }));
  const body = {
    from: { email: '', name: '' },
    subject: '',
    html: '',
    text: '',
    headers: {},
    payload: null,
    sha256: '',
  };
  if (answer.kind === 'go') await saveBody(db, { sendId: answer.sendId, ...body });
  return answer;
}

/** A begin, and the id of the transaction that it was written by. */
export function beginBy(db: Db, asked: EffectRequest, attempt: Attempt) {
  return underLock(depsOf(db), asked, async (tx, context) => {
    const answer = await begin(tx, context, { asked, attempt });
    const [row] = await tx.$queryRaw<{ xid: string }[]>`select pg_current_xact_id()::text as xid`;
    return { answer, xid: row?.xid ?? '' };
  });
}

/** Returns when as many sessions of this database wait for a lock: the other side is where the test wants it. */
export async function waitersOnLocks(db: Db, count: number): Promise<void> {
  const waiting = async () => {
    const [row] = await db.$queryRaw<{ n: bigint }[]>`
      select count(*) as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    return Number(row?.n) >= count;
  };
  await poll('somebody to wait for a lock', waiting, { timeoutMs: 1_500, everyMs: 1 });
}
