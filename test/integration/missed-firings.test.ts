import pino from 'pino';
import { reconcileSchedules } from '../../activities/schedules/reconcile';
import { publishJourney } from '../../prisma/stores/journey-versions';
import { changeStatus, saveDraft } from '../../prisma/stores/journeys';
import { poll } from '../support/poll';
import { startWorld, type World } from '../support/world';

jest.setTimeout(60_000);

const log = pino({ level: 'silent' });
const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);
/** Of the instant in question. */
const [date, clock] = [hoursAgo(1).toISOString().slice(0, 10), hoursAgo(1).toISOString().slice(11, 16)];
const daily = `{ every: day, at: "${clock}" }`;

/** Nothing of it looks at the Schedules by itself: as if Temporal were away. */
let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.stop());

/** Lets people in since so many hours. */
async function published(key: string, schedule: string, hours: number): Promise<void> {
  const source = `journey: ${key}
explain: Whoever bakes is asked to come.
topic: education
entry: [{ schedule: ${schedule}, who: { field: industry, is: bakery } }]
steps:
  - { id: done, kind: exit, outcome: completed }
`;
  await saveDraft(world.db, key, { source });
  const answer = await publishJourney(world.db, key, { at: hoursAgo(hours) });
  expect(answer?.kind).toBe('published');
  await world.db.journeyVersion.updateMany({ where: { journeyKey: key }, data: { createdAt: hoursAgo(hours) } });
  await world.db.journey.update({ where: { key }, data: { updatedAt: hoursAgo(hours) } });
}

const reconciled = () => reconcileSchedules({ ...world, log });
const handle = (key: string) => world.client.schedule.getHandle(`entry/${key}/0`);
const firings = async (key: string) => (await handle(key).describe()).info.numActionsTaken;
const noteOf = (key: string) =>
  handle(key)
    .describe()
    .then(
      ({ state }) => state.note,
      () => null,
    );
const fired = (key: string) => poll('a firing', async () => (await firings(key)) === 1);

async function causes(count: number): Promise<(string | null)[]> {
  const jobs = () => world.db.job.findMany({ orderBy: { cause: 'asc' } });
  const found = await poll('the jobs', async () => (await jobs()).length >= count && jobs());
  return found.map(({ cause }) => cause);
}

test('a firing before there was a Schedule is made up for', async () => {
  await published('each-day', daily, 2);
  await published('one-day', `{ once: "${date}T${clock}" }`, 2);
  expect(await reconciled()).toBe(2);
  expect(await causes(2)).toEqual([`scheduled:each-day:0:${date}`, `scheduled:one-day:0:${date}T${clock}`]);
});

test('made up for again, it lets in nobody again', async () => {
  await published('each-day', daily, 30);
  await reconciled();
  await causes(1);
  await handle('each-day').delete();
  await poll('a new Schedule', async () => {
    await reconciled();
    return noteOf('each-day');
  });
  await published('later', daily, 2);
  await reconciled();
  await fired('later');
  expect(await causes(2)).toEqual([`scheduled:each-day:0:${date}`, `scheduled:later:0:${date}`]);
});

test('what was not due is not made up for', async () => {
  await published('published-since', daily, 0.5);
  await published('paused-then', daily, 2);
  await changeStatus(world.db, 'paused-then', 'pause');
  await changeStatus(world.db, 'paused-then', 'resume');
  await published('too-long-ago', `{ once: "${hoursAgo(25).toISOString().slice(0, 16)}" }`, 26);
  await published('very-due', daily, 2);
  expect(await reconciled()).toBe(4);
  await fired('very-due');
  expect(await Promise.all(['published-since', 'paused-then', 'too-long-ago'].map(firings))).toEqual([0, 0, 0]);
});

test('a changed schedule is made up for, too', async () => {
  await published('each-day', `{ every: day, at: "${hoursAgo(-1).toISOString().slice(11, 16)}" }`, 3);
  await reconciled();
  const before = await noteOf('each-day');
  await published('each-day', daily, 2);
  await poll('the change', async () => {
    await reconciled();
    return (await noteOf('each-day')) !== before;
  });
  expect(await causes(1)).toEqual([`scheduled:each-day:0:${date}`]);
});
