import { addressHash } from '../../prisma/address';
import { findDuplicates } from '../../prisma/stores/duplicates';
import { createAnnouncer, insertEvents } from '../../prisma/stores/events';
import { createJob, findJob } from '../../prisma/stores/jobs';
import { mergeContacts } from '../../prisma/stores/merging/merge';
import { unsubscribe } from '../../prisma/stores/unsubscribe';
import { jobStart } from '../../workflows/contract/jobs';
import { stallAt, type Stall } from '../support/faults';
import { contactWith, enrolled, publishedJourney } from '../support/journeys';
import { poll } from '../support/poll';
import { happening } from '../support/pump';
import { standsAt, states, twoMails, type Person } from '../support/sending';
import { startWorld, type World } from '../support/world';

// The whole worker with its pump: what workflows do while the records of their people are made one.

let world: World;
let versionId: string;
let stall: Stall | null = null;
beforeAll(async () => {
  const reached: Stall['reached'] = (point, request) => stall?.reached(point, request) ?? Promise.resolve();
  world = await startWorld({ overrides: { reached, pump: undefined } });
  versionId = await publishedJourney(world.db, twoMails);
});
afterAll(() => world.stop());
afterEach(() => {
  stall?.release();
  stall = null;
});

let people = 0;

interface Known extends Person {
  contactId: string;
}

async function known(more: { enters?: boolean } = {}): Promise<Known> {
  const email = `merging-${(people += 1)}@example.test`;
  const contactId = await contactWith(world.db, email);
  const id = more.enters === false ? '' : await enrolled(world.db, { contactId, versionId });
  return { id, email, contactId };
}

function merged(stays: Known, goes: Known) {
  const of = { by: 'hand' as const, reason: 'test', requestedBy: null, at: new Date() };
  return mergeContacts(world.db, { stays: stays.contactId, goes: goes.contactId, ...of });
}

async function happens(type: string, contactId: string): Promise<void> {
  await insertEvents(world.db, [happening(type, { keys: [`contact:${contactId}`] })]);
  createAnnouncer(world.db, 'nurture_event')();
}

const mails = async () => (await world.db.outbox.findMany()).map(({ to, subject }) => `${to} ${subject}`);
const ended = (person: Known) =>
  poll('its end', async () => {
    const { status, outcome } = await world.db.enrollment.findUniqueOrThrow({ where: { id: person.id } });
    return status === 'finished' ? outcome : null;
  });

test('a mail between claim and begin goes to the person', async () => {
  const [stays, goes] = [await known({ enters: false }), await known()];
  stall = stallAt('composed');
  const handle = await world.start(goes.id);
  await stall.there;
  expect(await merged(stays, goes)).toMatchObject({ kind: 'merged' });
  stall.release();
  await standsAt(handle, 'rest');
  const own = (await mails()).filter((mail) => mail.startsWith(stays.email) || mail.startsWith(goes.email));
  expect(own.sort()).toEqual([`${stays.email} one`, `${stays.email} two`]);
  expect(await states(world, goes)).toEqual(['accepted', 'accepted']);
});

test('it does not go where the other record opted out', async () => {
  const [stays, goes] = [await known({ enters: false }), await known()];
  const hash = addressHash(stays.email);
  await world.db.suppression.create({ data: { addressHash: hash, scope: 'global', reason: 'unsubscribed' } });
  stall = stallAt('composed');
  await world.start(goes.id);
  await stall.there;
  await merged(stays, goes);
  stall.release();
  expect(await ended(goes)).toBe('unsubscribed');
  expect(await states(world, goes)).toEqual(['suppressed']);
  expect((await mails()).filter((mail) => mail.startsWith(stays.email) || mail.startsWith(goes.email))).toEqual([]);
});

test('of two runs one goes on, and no mail doubles', async () => {
  const [stays, goes] = [await known(), await known()];
  const newer = await world.start(goes.id);
  await standsAt(newer, 'rest');
  // The older one has claimed its first mail when the newer, which has sent both, makes way.
  stall = stallAt('composed');
  const older = await world.start(stays.id);
  await stall.there;
  await merged(stays, goes);
  stall.release();
  await standsAt(older, 'rest');
  expect(await ended(goes)).toBe('merged');
  expect(await states(world, stays)).toEqual(['suppressed', 'suppressed']);
  const own = (await mails()).filter((mail) => mail.startsWith(stays.email) || mail.startsWith(goes.email));
  expect(own.sort()).toEqual([`${goes.email} one`, `${goes.email} two`]);
});

test('what a finished run has sent is not repeated', async () => {
  const stays = await known();
  await standsAt(await world.start(stays.id), 'rest', 'waiting');
  await happens('page.viewed', stays.contactId);
  expect(await ended(stays)).toBe('completed');
  const goes = await known();
  await merged(stays, goes);
  await world.start(goes.id);
  expect(await ended(goes)).toBe('merged');
  const { leavingCause } = await world.db.enrollment.findUniqueOrThrow({ where: { id: goes.id } });
  expect(leavingCause).toEqual({ kind: 'merge', stays: stays.id });
  const own = (await mails()).filter((mail) => mail.startsWith(stays.email) || mail.startsWith(goes.email));
  expect(own.sort()).toEqual([`${stays.email} one`, `${stays.email} two`]);
});

test('a wait that is being won is won', async () => {
  const [stays, goes] = [await known({ enters: false }), await known()];
  const handle = await world.start(goes.id);
  await standsAt(handle, 'rest', 'waiting');
  // Under its old name, while its record goes.
  await Promise.all([happens('page.viewed', goes.contactId), merged(stays, goes)]);
  expect(await ended(goes)).toBe('completed');
  const event = await world.db.event.findFirstOrThrow({
    where: { type: 'page.viewed', keys: { has: `contact:${goes.contactId}` } },
  });
  expect(event.contactId).toBe(stays.contactId);
});

test('a link of an old mail opts out the person', async () => {
  const [stays, goes] = [await known({ enters: false }), await known()];
  await standsAt(await world.start(goes.id), 'rest');
  const link = await world.db.unsubscribeLink.findFirstOrThrow({ where: { contactId: goes.contactId } });
  await merged(stays, goes);
  await unsubscribe(world.db, link.token, { from: 'all', oneClick: true, at: new Date() });
  expect(await ended(goes)).toBe('unsubscribed');
  const hashes = [addressHash(stays.email), addressHash(goes.email)];
  expect(await world.db.suppression.count({ where: { addressHash: { in: hashes }, scope: 'global' } })).toBe(2);
});

test('a job merges one mailbox, and leaves two accounts', async () => {
  const { db, client } = world;
  const spelt = async (email: string, user?: string) => {
    const contactId = await contactWith(db, email);
    if (user) await db.contactIdentity.create({ data: { kind: 'user', value: user, contactId } });
    return contactId;
  };
  const [a, b] = [await spelt('job@example.test'), await spelt('job+1@example.test', 'u1')];
  const c = await spelt('job+2@example.test', 'u2');
  const job = await createJob(db, { kind: 'merge-duplicates', input: { rule: 'email' }, requestedBy: null });
  const { type, options } = jobStart('merge-duplicates', job.id);
  await (await client.workflow.start(type, options)).result();
  expect(await findJob(db, job.id)).toMatchObject({ state: 'done', progress: { done: 1, refused: 1, groups: 1 } });
  expect(await db.jobRefusal.findMany({ where: { jobId: job.id }, select: { subject: true, reason: true } })).toEqual([
    { subject: c, reason: 'Both have a user id.' },
  ]);
  expect(await db.contactMerge.findFirst({ where: { fromId: a } })).toMatchObject({
    intoId: b,
    by: 'rule',
    reason: 'email',
  });
  const { groups } = await findDuplicates(db, 'email', { after: null, limit: 10 });
  expect(groups.map(({ stays, others }) => [stays.id, others.map(({ record }) => record.id)])).toEqual([[b, [c]]]);
});
