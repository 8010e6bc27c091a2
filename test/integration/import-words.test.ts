import { v7 } from 'uuid';
import { importPage } from '../../activities/jobs/import';
import type { JobDeps } from '../../activities/jobs/page';
import { addressHash } from '../../prisma/address';
import { stageRows } from '../../prisma/stores/imports';
import { createJob } from '../../prisma/stores/jobs';
import type { ImportInput } from '../../workflows/contract/import';
import { plainJson } from '../../workflows/domain/json';
import { freshDatabase, type TestDatabase } from '../support/database';
import { restingJourney, runsOf } from '../support/entries';
import { publishedJourney } from '../support/journeys';
import { poll } from '../support/poll';
import { pumped, silent } from '../support/pump';

let database: TestDatabase;
beforeEach(async () => {
  database = await freshDatabase();
});
afterEach(() => database.drop());

const header = ['email', 'country', 'unsubscribed'];

/** A file of these rows, as the route hands it in. */
async function handedIn(rows: string[][], more: Partial<ImportInput> = {}) {
  const { db } = database;
  const input: ImportInput = {
    ...{ header, mapping: {}, marketing: false, consent: {}, topics: [], source: null, dryRun: false, at: Date.now() },
    ...more,
  };
  const id = v7();
  await stageRows(
    db,
    id,
    rows.map((cells, i) => ({ line: i + 2, row: { cells } })),
  );
  return createJob(db, { id, kind: 'import', input: plainJson(input), requestedBy: null });
}

/** Takes a file in. `once` is done when its events wait for the pump. */
async function takenIn(job: Awaited<ReturnType<typeof handedIn>>, before: () => Promise<void> = async () => undefined) {
  const { db } = database;
  const page = importPage({ db, log: silent } as JobDeps, job); // it needs no Temporal
  const waiting = { where: { origin: 'import', processed: false } };
  await poll('its events', async () => (await db.event.count(waiting)) > 0);
  await before();
  await pumped(db);
  expect(await page).toEqual({ to: null });
  await pumped(db);
}

test('an address is barred before its person is there', async () => {
  const { db } = database;
  await takenIn(await handedIn([['ann@example.test', '', '2026-03-01']]), async () => {
    expect(await db.contact.count()).toBe(0);
    expect(await db.suppression.findMany()).toMatchObject([
      {
        addressHash: addressHash('ann@example.test'),
        scope: 'global',
        reason: 'unsubscribed',
        at: new Date('2026-03-01'),
      },
    ]);
  });
  expect(await db.suppression.count()).toBe(2);
});

test('without journeys nobody enters one, and all are in segments', async () => {
  const { db } = database;
  await db.$executeRaw`
    insert into segment (key, name, condition) values ('germans', 'Germans', '{"field": "country", "is": "DE"}')`;
  const entries = {
    made: '{ event: contact.created }',
    told: '{ event: contact.updated }',
    german: '{ segment: germans }',
    turned: '{ becomes: { field: country, is: DE } }',
  };
  for (const [key, entry] of Object.entries(entries))
    await publishedJourney(db, restingJourney(key, `entry: [${entry}]`));
  await takenIn(await handedIn([['ann@example.test', 'Germany', '']], { journeys: false }));
  expect(await runsOf(db)).toEqual([]);
  const ann = await db.contact.findFirstOrThrow({ where: { email: 'ann@example.test' } });
  expect(await db.segmentMember.count({ where: { contactId: ann.id, segmentKey: 'germans' } })).toBe(1);
  await takenIn(await handedIn([['bo@example.test', 'Germany', '']]));
  expect((await runsOf(db)).sort()).toEqual(Object.keys(entries).sort());
});

test('an opt-out of such a file starts nobody either', async () => {
  const { db } = database;
  await publishedJourney(db, restingJourney('goodbye', 'entry: [{ event: email.unsubscribed }]'));
  await takenIn(await handedIn([['ann@example.test', '', 'yes']], { journeys: false }));
  expect(await runsOf(db)).toEqual([]);
  expect(await db.consent.count({ where: { state: 'withdrawn' } })).toBe(1);
  await takenIn(await handedIn([['bo@example.test', '', 'yes']]));
  expect(await runsOf(db)).toEqual(['goodbye']);
});
