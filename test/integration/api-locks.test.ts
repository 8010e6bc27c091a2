import { patchContact } from '../../prisma/stores/contacts';
import { enrollContact } from '../../prisma/stores/enroll';
import { exitEnrollment } from '../../prisma/stores/enrollment-actions';
import { pause, resume } from '../../prisma/stores/holds';
import type { Db, Tx } from '../../prisma/client';
import { freshDatabase, type TestDatabase } from '../support/database';
import { poll } from '../support/poll';
import { aContact, aWaitingEnrollment, publishedJourney } from '../api/people';

/** Each store function waits for the contact's lock while the other side commits: what it decides from is read after. */
describe('what an operator does, while the other side commits', () => {
  let database: TestDatabase;
  let db: Db;
  let versionId: string;
  const journeyKey = 'raced';
  const at = new Date();

  beforeAll(async () => {
    database = await freshDatabase();
    db = database.db;
    versionId = await publishedJourney(db, journeyKey);
  });
  afterAll(() => database.drop());

  /** Starts `act` while the contact is locked, lets `other` write under that lock, and answers what `act` made of it. */
  async function raced<T>(contactId: string, act: () => Promise<T>, other: (tx: Tx) => Promise<unknown>): Promise<T> {
    let outcome: Promise<T> | undefined;
    await db.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT id FROM contact WHERE id = ${contactId}::uuid FOR NO KEY UPDATE`;
      outcome = act();
      outcome.catch(() => undefined);
      await poll('the other side to wait', async () => {
        const [row] = await db.$queryRaw<{ waiting: boolean }[]>`
          SELECT EXISTS (SELECT 1 FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock') AS waiting`;
        return row?.waiting;
      });
      await other(tx);
    });
    if (!outcome) throw new Error('it never began');
    return outcome;
  }

  test('an exit finds it finished', async () => {
    const contactId = await aContact(db);
    const id = await aWaitingEnrollment(db, { contactId, journeyKey, versionId });
    const exited = await raced(
      contactId,
      () => exitEnrollment(db, id, { reason: '', at }),
      (tx) => tx.enrollment.update({ where: { id }, data: { status: 'finished', outcome: 'quiet' } }),
    );
    expect(exited).toBe('finished');
    expect(await db.dispatch.count({ where: { enrollmentId: id } })).toBe(0);
  });

  test('an exit keeps the first outcome', async () => {
    const contactId = await aContact(db);
    const id = await aWaitingEnrollment(db, { contactId, journeyKey, versionId });
    await raced(
      contactId,
      () => exitEnrollment(db, id, { reason: '', at }),
      (tx) => tx.enrollment.update({ where: { id }, data: { leaving: 'unsubscribed' } }),
    );
    expect((await db.enrollment.findUniqueOrThrow({ where: { id } })).leaving).toBe('unsubscribed');
    expect(await db.decision.count({ where: { enrollmentId: id } })).toBe(0);
  });

  test('an exit follows its enrollment to another contact', async () => {
    const [from, into] = [await aContact(db), await aContact(db)];
    const id = await aWaitingEnrollment(db, { contactId: from, journeyKey, versionId });
    await raced(
      from,
      () => exitEnrollment(db, id, { reason: '', at }),
      (tx) => tx.enrollment.update({ where: { id }, data: { contactId: into } }),
    );
    expect(await db.decision.findFirst({ where: { enrollmentId: id } })).toMatchObject({ contactId: into });
  });

  test('an entry sees the one that came first', async () => {
    const contactId = await aContact(db);
    const data = { id: contactId, contactId, journeyKey, versionId, n: 1, entryTurn: 1n, enteredAt: at };
    const entered = await raced(
      contactId,
      () => enrollContact(db, { contactId, journeyKey, entryKey: null, properties: {}, at }),
      (tx) => tx.enrollment.create({ data }),
    );
    expect(entered).toEqual({ kind: 'refused', reason: 'already in this journey' });
  });

  test('an entry goes to whom the contact turned out to be', async () => {
    const [from, into] = [await aContact(db), await aContact(db)];
    const entered = await raced(
      from,
      () => enrollContact(db, { contactId: from, journeyKey, entryKey: null, properties: {}, at }),
      (tx) => tx.contact.update({ where: { id: from }, data: { mergedInto: into } }),
    );
    expect(entered.kind).toBe('entered');
    expect(await db.enrollment.count({ where: { contactId: from } })).toBe(0);
    expect(await db.enrollment.count({ where: { contactId: into, journeyKey } })).toBe(1);
  });

  test('a patch does not undo another', async () => {
    const contactId = await aContact(db);
    await raced(
      contactId,
      () => patchContact(db, contactId, { fields: {}, traits: { b: 2 }, at }),
      (tx) => tx.contact.update({ where: { id: contactId }, data: { traits: { a: 1 }, firstName: 'Ada' } }),
    );
    const row = await db.contact.findUniqueOrThrow({ where: { id: contactId } });
    expect(row).toMatchObject({ traits: { a: 1, b: 2 }, firstName: 'Ada' });
  });

  test.each(['contact', 'enrollment'] as const)('a resume of a %s frees who was held meanwhile', async (scope) => {
    const contactId = await aContact(db);
    const id = await aWaitingEnrollment(db, { contactId, journeyKey, versionId });
    const target = scope === 'contact' ? { scope, contactId } : { scope, enrollmentId: id };
    await pause(db, target, { reason: '', by: null });
    const released = await raced(
      contactId,
      () => resume(db, target, { spreadSeconds: 0, by: null }),
      (tx) => tx.enrollment.update({ where: { id }, data: { status: 'held' } }),
    );
    expect(released).toBe(1);
    expect((await db.enrollment.findUniqueOrThrow({ where: { id } })).status).toBe('active');
  });
});
