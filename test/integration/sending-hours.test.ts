import { v7 } from 'uuid';
import { patchContact } from '../../prisma/stores/contacts';
import { claim } from '../../prisma/stores/effects/send/claim';
import { underLock } from '../../prisma/stores/effects/context';
import { defaultSettings, type Settings } from '../../prisma/stores/settings';
import { anAttempt } from '../property/support/people';
import { freshDatabase, type TestDatabase } from '../support/database';
import { enrolled, publishedJourney } from '../support/journeys';
import { happening, pumped } from '../support/pump';

let database: TestDatabase;
let versionId: string;

beforeAll(async () => {
  database = await freshDatabase();
  versionId = await publishedJourney(database.db, journey);
});
afterAll(() => database.drop());

const journey = `
journey: hours
name: Hours
explain: One mail.
topic: education
stage: awareness
responsible: tests
review: 90 days
entry: []
steps:
  - { id: mail, kind: email, template: hours }
  - { id: done, kind: exit, outcome: completed }
`;

const settings: Settings = { ...defaultSettings, quietHours: { from: '10:00', to: '08:00' } };
/** Nine in the evening in Berlin, three in the afternoon in New York, five in the morning of Tuesday in Tokyo. */
const evening = Date.parse('2035-01-08T20:00Z');

test('a message waits for the hours of its reader', async () => {
  const { id } = await somebody({ country: 'DE' });
  const deferred = { kind: 'deferred', until: Date.parse('2035-01-09T07:00Z'), why: 'quiet hours' };
  expect(await claimed(id, evening)).toEqual(deferred);
  expect(await claimed(id, evening + 60_000)).toEqual(deferred);
  expect(await claimed(id, deferred.until)).toMatchObject({ kind: 'go' });
  const decisions = await database.db.decision.findMany({
    where: { enrollmentId: id, kind: 'send' },
    orderBy: { ordinal: 'asc' },
  });
  expect(decisions.map(({ outcome, reason }) => `${outcome}: ${reason}`)).toEqual([
    'deferred: quiet hours',
    'claimed: nothing stands against it',
  ]);
  expect(decisions[0]?.inputs).toMatchObject({
    ...{ zone: 'Europe/Berlin', localTime: 'Mon 8 Jan 2035 21:00', quietHours: '10:00–08:00', closedBy: 'quiet hours' },
    until: '2035-01-09T07:00:00.000Z',
  });
});

test('who moves is looked at again', async () => {
  const { id, email } = await somebody({ country: 'DE' });
  await claimed(id, evening);
  const traits = { timezone: 'Asia/Tokyo' };
  await pumped(database.db, [happening('contact.updated', { keys: [`email:${email}`], traits })]);
  expect(await wakesOf(id)).toEqual([1]);
  expect(await claimed(id, evening)).toMatchObject({ kind: 'deferred', until: Date.parse('2035-01-08T23:00Z') });
});

test('a country that a person writes counts too', async () => {
  const { id, contactId } = await somebody({ country: 'DE' });
  await claimed(id, evening);
  await patchContact(database.db, contactId, { fields: { country: 'JP' }, traits: {}, at: new Date(evening) });
  await pumped(database.db);
  expect(await wakesOf(id)).toEqual([1]);
});

test('whom they turned out to be counts too', async () => {
  const { id, email } = await somebody({ country: 'DE' });
  await claimed(id, evening);
  const visitor = `anonymous:${v7()}`;
  await pumped(database.db, [happening('contact.updated', { keys: [visitor], traits: { timezone: 'Asia/Tokyo' } })]);
  await pumped(database.db, [happening('page.viewed', { keys: [`email:${email}`, visitor] })]);
  // Of the merge, and of what it changed for them.
  expect(await wakesOf(id)).toEqual([1, 1]);
  expect(await claimed(id, evening)).toMatchObject({ kind: 'deferred', until: Date.parse('2035-01-08T23:00Z') });
});

test('other news do not wake it', async () => {
  const { id, email } = await somebody({ country: 'DE' });
  await claimed(id, evening);
  const traits = { jobTitle: 'Director' };
  await pumped(database.db, [happening('form.submitted', { keys: [`email:${email}`], traits })]);
  expect(await wakesOf(id)).toEqual([]);
});

async function somebody(fields: { country: string }): Promise<{ id: string; contactId: string; email: string }> {
  const contactId = v7();
  const email = `${contactId}@example.test`;
  await database.db.contact.create({ data: { id: contactId, email, ...fields } });
  await database.db.contactIdentity.create({ data: { kind: 'email', value: email, contactId } });
  const id = await enrolled(database.db, { contactId, versionId });
  return { id, contactId, email };
}

function claimed(enrollmentId: string, now: number) {
  const asked = { enrollmentId, visit: 1, stepId: 'mail', closes: null, now };
  const attempt = anAttempt();
  const deps = { db: database.db, settings: async () => settings };
  return underLock(deps, asked, (tx, context) => claim(tx, context, { asked, attempt }));
}

/** Visits that wake-ups are owed to. */
async function wakesOf(enrollmentId: string): Promise<(number | null)[]> {
  const rows = await database.db.dispatch.findMany({ where: { enrollmentId, kind: 'wake' } });
  return rows.map(({ visit }) => visit);
}
